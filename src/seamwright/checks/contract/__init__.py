"""What a boundary promises in its contract, and whether it keeps it: answers, statuses, refusals, limits."""
