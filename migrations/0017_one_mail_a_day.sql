ALTER TABLE "messages" ADD COLUMN "served_by" text;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_served_by_messages_id_fk" FOREIGN KEY ("served_by") REFERENCES "public"."messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "messages_served_idx" ON "messages" USING btree ("served_by") WHERE served_by is not null;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_served_check" CHECK ((state = 'merged') = (served_by is not null));
--> statement-breakpoint

-- At most one mail a customer and day (docs/protocol.md, 9.14).
--
-- Whether its customer is still to be asked: `acted_on` while another process acts on the charge, or a person looks.
create function standing_of(p recoveries) returns text language sql stable as $$
  select case
    when p.state <> 'open' or p.bounced_at is not null or p.expires_at <= dc_now() or c.close_requested_at is not null
         or c.state in ('succeeded', 'failed', 'canceled') then 'unwanted'
    when c.state <> 'action_required'
         or exists (select from charge_attempts a where a.charge_id = c.id and a.ended_at is null) then 'acted_on'
    else 'wanted' end
  from charges c where c.id = p.charge_id
$$;
--> statement-breakpoint
-- The same of a mail: it is wanted as long as one of the steps is that it serves.
create function standing_of(p messages) returns text language sql stable as $$
  select case when bool_or(s.standing = 'wanted') then 'wanted'
              when bool_or(s.standing = 'acted_on') then 'acted_on' else 'unwanted' end
  from (select case when m.step = 'early' and not r.is_early then 'unwanted' else standing_of(r) end as standing
        from messages m join recoveries r on r.id = m.recovery_id
        where m.id = p.id or m.served_by = p.id) s
$$;
--> statement-breakpoint
-- A customer's mails; without the security notice that a card was added, which nothing delays, merges or counts.
create function mails_of(p_customer text) returns setof messages language sql stable as $$
  select m.* from charges c join recoveries r on r.charge_id = c.id join messages m on m.recovery_id = r.id
  where c.customer_id = p_customer and m.step not like 'method\_replaced%'
$$;
--> statement-breakpoint
-- Whether the mail server has accepted what says this step.
create function is_mailed(p messages) returns boolean language sql stable as $$
  select p.state = 'sent' or exists (select from messages s where s.id = p.served_by and s.state = 'sent')
$$;
--> statement-breakpoint

-- Whether another mail may be asked for about a charge; null if it has no live recovery. Its customer is locked until the
-- mail is written, so that two who ask at once do not both find the last place. The last call is beyond all counting.
create function has_room_for_mail(p_charge text, p_caps jsonb) returns boolean language plpgsql as $$
declare
  v_customer text;
begin
  select c.customer_id into v_customer from charges c where c.id = p_charge;
  perform 1 from customers u where u.id = v_customer for no key update;
  return (
    select (select count(*) from messages m
            where m.recovery_id = r.id and m.state in ('queued', 'sending', 'sent', 'failed')
              and m.step <> 'last_call' and m.step not like 'method\_replaced%') < (p_caps ->> 'recovery_max')::int
       and (select count(*) from mails_of(v_customer) m
            where m.step <> 'last_call'
              and (m.state = 'sent' and m.sent_at > dc_now() - interval '1 day' or m.state = 'sending'
                   or m.state = 'queued' and (m.step like 'fresh%' or m.step like 'resent%'))
           ) < (p_caps ->> 'day_max')::int
    from recoveries r where r.charge_id = p_charge and r.state = 'open' and r.expires_at > dc_now());
end
$$;
--> statement-breakpoint

-- When a mail that nobody asked for may start, and why not now; no row: now.
create function mail_waits(p_mail messages, p_customer text, p_spans jsonb)
returns table (until timestamptz, reason text) language plpgsql stable as $$
declare
  v_ms constant interval := interval '1 millisecond';
  v_look constant timestamptz := dc_now() + (p_spans ->> 'gather_look_ms')::float8 * v_ms;
  v_first constant timestamptz := p_mail.created_at + (p_spans ->> 'gather_min_ms')::float8 * v_ms;
  v_last constant timestamptz := p_mail.created_at + (p_spans ->> 'gather_max_ms')::float8 * v_ms;
begin
  -- What somebody asked for, and a last call, goes at once, and with it whatever it serves.
  if exists (select from messages m where (m.id = p_mail.id or m.served_by = p_mail.id)
             and m.step !~ '^(opened|early|reminder)') then
    return;
  end if;
  return query
    select m.sent_at + (p_spans ->> 'day_ms')::float8 * v_ms, 'mail_of_the_day'
    from mails_of(p_customer) m
    where m.state = 'sent' and m.sent_at > dc_now() - (p_spans ->> 'day_ms')::float8 * v_ms
    order by m.sent_at desc limit 1;
  if found then return; end if;
  -- One is with the mail server, or is to be tried there again: it takes along what waits, or its day begins.
  return query
    select case m.state when 'sending' then dc_now() + (p_spans ->> 'wait_ms')::float8 * v_ms else m.due_at end,
           'mail_on_its_way'
    from mails_of(p_customer) m
    where m.id <> p_mail.id and (m.state = 'sending' or m.state = 'queued' and m.tries > 0 and m.due_at > dc_now())
    order by m.id limit 1;
  if found then return; end if;
  if p_mail.step not in ('opened', 'early') or p_mail.tries > 0 then
    return;
  elsif dc_now() < v_first then
    return query select v_first, 'first_mails_gather';
  elsif dc_now() < v_last then
    return query
      select least(v_last, greatest(v_look, min(c.due_at))), 'first_mails_gather'
      from charges c join recoveries r on r.id = p_mail.recovery_id
      where c.customer_id = p_customer and c.id <> r.charge_id and c.close_requested_at is null
        and (c.state = 'in_flight' or c.state in ('queued', 'unknown', 'retry_wait') and c.due_at <= v_last)
      having count(*) > 0;
  end if;
end
$$;
--> statement-breakpoint

-- Starts a mail, if it is still wanted and this is its time, and merges into it what else waits for the same customer. Of
-- the workers that start mails of one customer at once each waits here for the one before it, and then reads. Answers with
-- the recoveries that the mail is about, its own first, and how many more there are. No row: it is not ours to send.
create function start_mail(p_message text, p_lease int, p_spans jsonb)
returns table (verdict text, mail messages, shown text[], more int) language plpgsql as $$
declare
  v_customer text;
  v_is_notice boolean;
  v_until timestamptz;
  v_reason text;
begin
  select c.customer_id, m.step like 'method\_replaced%' into v_customer, v_is_notice
  from messages m join recoveries r on r.id = m.recovery_id join charges c on c.id = r.charge_id
  where m.id = p_message;
  if not v_is_notice then
    perform 1 from customers u where u.id = v_customer for no key update;
    perform 1 from messages m
      where m.id = any (array(select p_message union select o.id from mails_of(v_customer) o where o.state = 'queued'))
      order by m.id for no key update;
  end if;
  select m.* into mail from messages m
    where m.id = p_message and m.lease_number = p_lease and m.state in ('queued', 'sending') for no key update;
  if not found then return; end if;
  verdict := case when v_is_notice then 'sending' else
    case standing_of(mail) when 'wanted' then 'sending' when 'acted_on' then 'waiting' else 'suppressed' end end;
  if verdict = 'sending' and not v_is_notice and mail.state = 'queued' then
    select w.until, w.reason into v_until, v_reason from mail_waits(mail, v_customer, p_spans) w;
    if v_until is not null then
      verdict := 'waiting';
    else
      update messages m set
        state = 'merged', served_by = p_message, detail = null, revision = m.revision + 1, cause = 'message',
        cause_reference = p_message
      from mails_of(v_customer) o
      where m.id = o.id and m.id <> p_message and m.state = 'queued' and standing_of(o) = 'wanted';
      -- What a mail that never went out had taken along.
      update messages m set served_by = p_message, revision = m.revision + 1
      from messages o where o.served_by = p_message and m.served_by = o.id;
    end if;
  end if;
  update messages m set
    state = case verdict when 'waiting' then 'queued' else verdict end,
    due_at = case verdict when 'waiting' then
               coalesce(v_until, dc_now() + (p_spans ->> 'wait_ms')::float8 * interval '1 millisecond')
             else m.due_at end,
    detail = case verdict when 'suppressed' then 'no_longer_wanted' else coalesce(v_reason, m.detail) end,
    revision = m.revision + 1, cause = 'message', cause_reference = null
  where m.id = p_message returning m.* into mail;
  if v_is_notice then
    shown := array[mail.recovery_id];
    more := 0;
  else
    select coalesce(array_agg(s.id order by s.rank) filter (where s.rank <= (p_spans ->> 'bills_max')::int), '{}'),
           greatest(count(*) - (p_spans ->> 'bills_max')::int, 0)
    into shown, more
    from (
      select r.id, row_number() over (order by r.id = mail.recovery_id desc, r.expires_at, r.id) as rank
      from charges c join recoveries r on r.charge_id = c.id and r.state = 'open'
      where c.customer_id = v_customer and standing_of(r) = 'wanted'
        -- Of what a merchant wants no mails about, only what somebody asked for is told.
        and (coalesce((c.terms ->> 'mails')::boolean, true)
             or exists (select from messages m
                        where m.recovery_id = r.id and (m.id = p_message or m.served_by = p_message)))) s;
  end if;
  return next;
end
$$;
--> statement-breakpoint
delete from allowed_transitions;
--> statement-breakpoint
delete from states;
--> statement-breakpoint
insert into states (entity, state, status, terminal) values
  ('attempt', 'open', 'open', false),
  ('attempt', 'awaiting_customer', 'awaiting_customer', false),
  ('attempt', 'processing', 'processing', false),
  ('attempt', 'succeeded', 'succeeded', true),
  ('attempt', 'declined', 'declined', true),
  ('attempt', 'authentication_required', 'authentication_required', true),
  ('attempt', 'abandoned', 'abandoned', true),
  ('attempt', 'canceled', 'canceled', true),
  ('attempt', 'not_executed', 'not_executed', true),
  ('attempt', 'lost', 'lost', true),
  ('charge', 'queued', 'processing', false),
  ('charge', 'in_flight', 'processing', false),
  ('charge', 'unknown', 'processing', false),
  ('charge', 'pending', 'processing', false),
  ('charge', 'retry_wait', 'processing', false),
  ('charge', 'action_required', 'requires_action', false),
  ('charge', 'closing', 'processing', false),
  ('charge', 'needs_review', 'processing', false),
  ('charge', 'succeeded', 'succeeded', true),
  ('charge', 'failed', 'failed', true),
  ('charge', 'canceled', 'canceled', true),
  ('customer', 'queued', 'queued', false),
  ('customer', 'bound', 'bound', true),
  ('customer', 'needs_review', 'needs_review', false),
  ('inbox_event', 'received', 'received', false),
  ('inbox_event', 'applied', 'applied', true),
  ('inbox_event', 'ignored', 'ignored', false),
  ('inbox_event', 'parked', 'parked', false),
  ('message', 'queued', 'queued', false),
  ('message', 'sending', 'sending', false),
  ('message', 'sent', 'sent', true),
  ('message', 'merged', 'merged', true),
  ('message', 'suppressed', 'suppressed', true),
  ('message', 'failed', 'failed', true),
  ('payment_method', 'usable', 'usable', false),
  ('payment_method', 'unusable', 'unusable', false),
  ('payment_method', 'withdrawn', 'unusable', false),
  ('payment_method', 'detaching', 'detached', false),
  ('payment_method', 'detached', 'detached', true),
  ('payment_method', 'needs_review', 'unusable', false),
  ('recovery', 'open', 'open', false),
  ('recovery', 'completed', 'completed', true),
  ('recovery', 'expired', 'expired', true),
  ('recovery', 'revoked', 'revoked', true),
  ('setup', 'queued', 'queued', false),
  ('setup', 'awaiting_customer', 'awaiting_customer', false),
  ('setup', 'processing', 'processing', false),
  ('setup', 'closing', 'processing', false),
  ('setup', 'needs_review', 'processing', false),
  ('setup', 'succeeded', 'succeeded', true),
  ('setup', 'failed', 'failed', true),
  ('setup', 'canceled', 'canceled', true),
  ('setup', 'expired', 'expired', true);
--> statement-breakpoint
insert into allowed_transitions (entity, from_state, to_state) values
  ('attempt', 'open', 'awaiting_customer'),
  ('attempt', 'open', 'processing'),
  ('attempt', 'open', 'succeeded'),
  ('attempt', 'open', 'declined'),
  ('attempt', 'open', 'authentication_required'),
  ('attempt', 'open', 'abandoned'),
  ('attempt', 'open', 'canceled'),
  ('attempt', 'open', 'not_executed'),
  ('attempt', 'open', 'lost'),
  ('attempt', 'awaiting_customer', 'processing'),
  ('attempt', 'awaiting_customer', 'succeeded'),
  ('attempt', 'awaiting_customer', 'declined'),
  ('attempt', 'awaiting_customer', 'abandoned'),
  ('attempt', 'awaiting_customer', 'canceled'),
  ('attempt', 'processing', 'succeeded'),
  ('attempt', 'processing', 'declined'),
  ('attempt', 'processing', 'canceled'),
  ('charge', 'queued', 'in_flight'),
  ('charge', 'queued', 'action_required'),
  ('charge', 'queued', 'closing'),
  ('charge', 'queued', 'succeeded'),
  ('charge', 'queued', 'pending'),
  ('charge', 'queued', 'failed'),
  ('charge', 'queued', 'needs_review'),
  ('charge', 'in_flight', 'queued'),
  ('charge', 'in_flight', 'unknown'),
  ('charge', 'in_flight', 'pending'),
  ('charge', 'in_flight', 'retry_wait'),
  ('charge', 'in_flight', 'action_required'),
  ('charge', 'in_flight', 'closing'),
  ('charge', 'in_flight', 'succeeded'),
  ('charge', 'in_flight', 'failed'),
  ('charge', 'in_flight', 'needs_review'),
  ('charge', 'unknown', 'queued'),
  ('charge', 'unknown', 'in_flight'),
  ('charge', 'unknown', 'pending'),
  ('charge', 'unknown', 'retry_wait'),
  ('charge', 'unknown', 'action_required'),
  ('charge', 'unknown', 'closing'),
  ('charge', 'unknown', 'succeeded'),
  ('charge', 'unknown', 'failed'),
  ('charge', 'unknown', 'needs_review'),
  ('charge', 'pending', 'unknown'),
  ('charge', 'pending', 'retry_wait'),
  ('charge', 'pending', 'action_required'),
  ('charge', 'pending', 'closing'),
  ('charge', 'pending', 'succeeded'),
  ('charge', 'pending', 'failed'),
  ('charge', 'pending', 'canceled'),
  ('charge', 'pending', 'needs_review'),
  ('charge', 'retry_wait', 'in_flight'),
  ('charge', 'retry_wait', 'pending'),
  ('charge', 'retry_wait', 'action_required'),
  ('charge', 'retry_wait', 'closing'),
  ('charge', 'retry_wait', 'succeeded'),
  ('charge', 'retry_wait', 'failed'),
  ('charge', 'retry_wait', 'needs_review'),
  ('charge', 'action_required', 'in_flight'),
  ('charge', 'action_required', 'pending'),
  ('charge', 'action_required', 'closing'),
  ('charge', 'action_required', 'succeeded'),
  ('charge', 'action_required', 'failed'),
  ('charge', 'action_required', 'needs_review'),
  ('charge', 'closing', 'pending'),
  ('charge', 'closing', 'succeeded'),
  ('charge', 'closing', 'failed'),
  ('charge', 'closing', 'canceled'),
  ('charge', 'closing', 'needs_review'),
  ('charge', 'needs_review', 'queued'),
  ('charge', 'needs_review', 'unknown'),
  ('charge', 'needs_review', 'closing'),
  ('charge', 'needs_review', 'succeeded'),
  ('charge', 'needs_review', 'failed'),
  ('customer', 'queued', 'bound'),
  ('customer', 'queued', 'needs_review'),
  ('customer', 'needs_review', 'queued'),
  ('customer', 'needs_review', 'bound'),
  ('inbox_event', 'received', 'applied'),
  ('inbox_event', 'received', 'ignored'),
  ('inbox_event', 'received', 'parked'),
  ('inbox_event', 'parked', 'received'),
  ('inbox_event', 'parked', 'applied'),
  ('inbox_event', 'parked', 'ignored'),
  ('inbox_event', 'ignored', 'received'),
  ('message', 'queued', 'sending'),
  ('message', 'queued', 'merged'),
  ('message', 'queued', 'suppressed'),
  ('message', 'queued', 'failed'),
  ('message', 'sending', 'queued'),
  ('message', 'sending', 'sent'),
  ('message', 'sending', 'suppressed'),
  ('message', 'sending', 'failed'),
  ('payment_method', 'usable', 'unusable'),
  ('payment_method', 'usable', 'withdrawn'),
  ('payment_method', 'usable', 'detaching'),
  ('payment_method', 'usable', 'detached'),
  ('payment_method', 'unusable', 'usable'),
  ('payment_method', 'unusable', 'withdrawn'),
  ('payment_method', 'unusable', 'detaching'),
  ('payment_method', 'unusable', 'detached'),
  ('payment_method', 'withdrawn', 'detaching'),
  ('payment_method', 'withdrawn', 'detached'),
  ('payment_method', 'detaching', 'detached'),
  ('payment_method', 'detaching', 'needs_review'),
  ('payment_method', 'needs_review', 'withdrawn'),
  ('payment_method', 'needs_review', 'detaching'),
  ('payment_method', 'needs_review', 'detached'),
  ('recovery', 'open', 'completed'),
  ('recovery', 'open', 'expired'),
  ('recovery', 'open', 'revoked'),
  ('setup', 'queued', 'awaiting_customer'),
  ('setup', 'queued', 'closing'),
  ('setup', 'queued', 'failed'),
  ('setup', 'queued', 'needs_review'),
  ('setup', 'awaiting_customer', 'processing'),
  ('setup', 'awaiting_customer', 'closing'),
  ('setup', 'awaiting_customer', 'succeeded'),
  ('setup', 'awaiting_customer', 'failed'),
  ('setup', 'awaiting_customer', 'canceled'),
  ('setup', 'awaiting_customer', 'expired'),
  ('setup', 'awaiting_customer', 'needs_review'),
  ('setup', 'processing', 'awaiting_customer'),
  ('setup', 'processing', 'closing'),
  ('setup', 'processing', 'succeeded'),
  ('setup', 'processing', 'failed'),
  ('setup', 'processing', 'canceled'),
  ('setup', 'processing', 'expired'),
  ('setup', 'processing', 'needs_review'),
  ('setup', 'closing', 'succeeded'),
  ('setup', 'closing', 'failed'),
  ('setup', 'closing', 'canceled'),
  ('setup', 'closing', 'expired'),
  ('setup', 'closing', 'needs_review'),
  ('setup', 'needs_review', 'queued'),
  ('setup', 'needs_review', 'awaiting_customer'),
  ('setup', 'needs_review', 'closing'),
  ('setup', 'needs_review', 'succeeded');
