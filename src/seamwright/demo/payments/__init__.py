"""The payment provider that orders calls: API-key protected and idempotent."""
