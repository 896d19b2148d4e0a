"""What a WebSocket promises: a handshake by RFC 6455, and a server that outlives what is said to it."""
