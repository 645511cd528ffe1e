#!/bin/sh
# Makes the role that API and workers connect as, on a new database: the image of Postgres runs this once, as its superuser.
# It owns nothing; what it may do is granted by migrate (DATABASE_APP_ROLE).
set -eu
psql --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/postgres_app_password)" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role duecourse_app login password :'password';
SQL
