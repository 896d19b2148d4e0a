"""The bundled system "shop": small, real, healthy by default, broken by name.

Four services that depend on each other: `identity` issues tokens, `orders` takes orders and calls `payments`,
`inventory` reads the orders' events. `system.Shop` runs them; `defects` breaks them, each in one known way.
"""

__all__: list[str] = []
