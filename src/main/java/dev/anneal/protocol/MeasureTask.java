package dev.anneal.protocol;

/**
 * Measures for a second or two how fast the machine multiplies matrices, to estimate trainings for which no past jobs
 * give a pace.
 */
public record MeasureTask(Machine machine) implements Task {}
