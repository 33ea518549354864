"""Survey: after a resolution the customer is asked, and a low score is followed up."""
