package dev.anneal.engine.grade;

/**
 * Something that went wrong while one completion was graded.
 *
 * @param grader name of the grader that it happened to
 * @param message what was found, what should have been, and where
 */
public record GradeError(ErrorFlag flag, String grader, String message) {}
