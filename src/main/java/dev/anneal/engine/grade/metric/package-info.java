/** How much one text is like another, each metric as a library defines that others compare with. */
@NullMarked
package dev.anneal.engine.grade.metric;

import org.jspecify.annotations.NullMarked;
