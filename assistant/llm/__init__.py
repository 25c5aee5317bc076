"""Language models behind LangChain's ``BaseChatModel``: local, remote, scripted."""
