package dev.anneal.protocol;

/** Measures for a second or two how fast the machine multiplies, for estimates of trainings that it has not seen the like of. */
public record MeasureTask(Machine machine) implements Task {}
