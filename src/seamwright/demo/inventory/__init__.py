"""The warehouse: reserves what was ordered, as the events of orders tell it."""
