-- Lists of a site's people go by reference, a page at a time.
create index engagement_ref on app.engagement (site_id, ref);
