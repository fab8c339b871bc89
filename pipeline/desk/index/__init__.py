"""What lists, facets and searches are answered from: an index beside the outputs of a run."""
