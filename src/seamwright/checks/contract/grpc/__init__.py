"""What the services of a .proto promise: valid messages taken, broken ones refused, answers, statuses, deadlines."""
