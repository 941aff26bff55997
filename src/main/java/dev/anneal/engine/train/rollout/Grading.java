package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Outside;

/** A grader and what it may ask. */
public record Grading(Grader grader, Outside outside) {}
