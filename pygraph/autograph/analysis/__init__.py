"""What has to be known of a function before it is converted: names, liveness, definedness."""
