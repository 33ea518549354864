"""Why a deadline is where it is."""
