"""Parts, props and links of OSCAL controls: the texts of a criterion, its methods, sources and citations."""
