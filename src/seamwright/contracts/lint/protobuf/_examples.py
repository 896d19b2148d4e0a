"""What most examples of these rules are, but for one thing."""

from __future__ import annotations

__all__ = ["GET_ORDER", "ORDER", "SHOP"]

GET_ORDER = """
syntax = "proto3";
package shop.v1;
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
"""

ORDER = """message Order {
  string id = 1;
}
"""

SHOP = GET_ORDER + ORDER
"""Right by every rule."""
