"""The outermost layer: command line, web app, and the composition of the packages below."""
