"""What the doors call of AWS, and what their roles let them."""
