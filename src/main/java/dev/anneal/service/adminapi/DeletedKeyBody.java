package dev.anneal.service.adminapi;

/** What a DELETE answers. */
record DeletedKeyBody(String id, String object, boolean deleted) {}
