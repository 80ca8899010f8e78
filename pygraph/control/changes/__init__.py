"""What traced code reads of objects that it did not make, and changes of them."""
