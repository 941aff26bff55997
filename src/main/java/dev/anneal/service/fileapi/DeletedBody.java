package dev.anneal.service.fileapi;

/** What a DELETE answers. */
record DeletedBody(String id, String object, boolean deleted) {}
