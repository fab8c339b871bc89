"""The data set to where others find it: the Hub, a folder, a store that DVC speaks to."""
