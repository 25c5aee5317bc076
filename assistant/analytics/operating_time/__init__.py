"""Hours of assets: planned, by meter, standing, running; what failures are set against."""
