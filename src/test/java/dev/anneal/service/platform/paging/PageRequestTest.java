package dev.anneal.service.platform.paging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Conditions of pages in SQL. */
class PageRequestTest {

    @Test
    void theFirstPageHasNoCondition() {
        assertThat(new PageRequest(null, 20, false).after("external_id")).isEqualTo("TRUE");
        assertThat(new PageRequest(null, 20, true).after("external_id")).isEqualTo("TRUE");
    }

    @Test
    void othersBeginBehindTheirPosition() {
        PageRequest newestFirst = new PageRequest("job-1", 20, false);
        PageRequest oldestFirst = new PageRequest("job-1", 20, true);

        assertThat(newestFirst.after("external_id")).isEqualTo("external_id < :after");
        assertThat(newestFirst.order()).isEqualTo("DESC");
        assertThat(oldestFirst.after("id", "(SELECT 1)")).isEqualTo("id > (SELECT 1)");
        assertThat(oldestFirst.order()).isEqualTo("ASC");
    }
}
