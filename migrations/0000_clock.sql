-- The one clock for due, expiry, retention and cadence: the database's, plus an offset that only test mode
-- writes. plpgsql, because it is needed by column defaults before the table it reads exists. STABLE and
-- statement_timestamp(), so that "due_at <= dc_now()" can use an index. Leases use clock_timestamp() instead.
create function dc_now() returns timestamptz language plpgsql stable as $$
begin
  return statement_timestamp()
    + coalesce((select clock_offset_ms from instance), 0) * interval '1 millisecond';
end
$$;
