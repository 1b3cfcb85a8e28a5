"""What drivers make of lists."""
