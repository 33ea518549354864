"""Types of request, with their fields."""
