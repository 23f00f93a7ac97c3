-- Once, as PostgreSQL's superuser, before the first `flask --app app migrate` and before a restore on a new server:
--   psql --set=owner_password=... --set=program_password=... < deploy/database.sql
-- The owner changes the schema. The program's own login may read and add to the books, never change them (ajo_app).
\set ON_ERROR_STOP on
CREATE ROLE ajo_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE ajo_app NOLOGIN;
CREATE ROLE ajo LOGIN PASSWORD :'program_password' IN ROLE ajo_app;
CREATE DATABASE ajo OWNER ajo_owner TEMPLATE template0 ENCODING 'UTF8';
