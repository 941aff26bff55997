/** Answers for graders: the models and endpoints that they ask. */
@NamedInterface
@NullMarked
package dev.anneal.service.inference.grader;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
