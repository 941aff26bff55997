package dev.anneal.engine.grade;

/**
 * An error in grading a completion.
 *
 * @param grader name of the grader
 * @param message what was found, what was expected, and where
 */
public record GradeError(ErrorFlag flag, String grader, String message) {}
