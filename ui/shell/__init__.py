"""What stands between the network and the app: who may pass, and what a browser may do."""
