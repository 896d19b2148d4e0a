"""The service that takes orders: OAuth 2.0 protected, charges through payments, tells inventory by events."""
