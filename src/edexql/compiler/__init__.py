"""From a syntax tree to a query, and from a query to what eDEx takes, and back."""
