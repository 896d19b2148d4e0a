"""Protobuf contracts: from `.proto` files, descriptor sets and server reflection to operations."""
