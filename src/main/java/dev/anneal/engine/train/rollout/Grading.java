package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.grade.Grader;

/** A grader with its models and endpoints. */
public record Grading(Grader grader, ExternalGraders outside) {}
