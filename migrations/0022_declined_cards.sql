-- Nearly every card was never declined, and then there is nothing to count: asked first, because this is asked twice for
-- every attempt. Otherwise as before.
create or replace function limited_until(p_method payment_methods, p_charge text, p_beside bigint, p_limits jsonb)
returns timestamptz language plpgsql stable as $$
begin
  if not exists (select from payment_methods m join charge_attempts a on a.payment_method_id = m.id
                 where m.card_id = p_method.card_id and a.state in ('declined', 'authentication_required')) then
    return null;
  end if;
  return (
    select max(coalesce(
      (select a.ended_at from payment_methods m join charge_attempts a on a.payment_method_id = m.id
       where m.card_id = p_method.card_id and a.state in ('declined', 'authentication_required')
         and a.ended_at > dc_now() - make_interval(secs => l.window_s)
       order by a.ended_at desc offset l.declines_max - 1 limit 1) + make_interval(secs => l.window_s),
      case when d.declines > 0 and l.declines_max <= p_beside + d.declines + (
        select count(*) from payment_methods m join charge_attempts a on a.payment_method_id = m.id
        where m.card_id = p_method.card_id and a.ended_at is null and a.charge_id <> p_charge
      ) then dc_now() + interval '10 seconds' end))
    from jsonb_to_recordset(p_limits) as l (network text, window_s int, declines_max int)
    cross join lateral (
      select count(*) as declines from payment_methods m join charge_attempts a on a.payment_method_id = m.id
      where m.card_id = p_method.card_id and a.state in ('declined', 'authentication_required')
        and a.ended_at > dc_now() - make_interval(secs => l.window_s)) d
    where l.network = p_method.card_brand);
end
$$;
