"""The product's engine, and beside it a way for tests to arrange and to look, which the product has not."""
