"""Queues on disk, and every attempt at a task from claim to verdict."""
