"""The desk: a local web page on which people look into the data set and decide."""
