package dev.anneal.service.training.outlook;

/** Between which durations a training lies whose completions may have any length. */
public record DurationRange(double fromSeconds, double toSeconds) {}
