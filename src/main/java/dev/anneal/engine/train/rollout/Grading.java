package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.grade.Grader;

/** A grader and what it may ask. */
public record Grading(Grader grader, ExternalGraders outside) {}
