import { keccak, utf8 } from '@openledger/protocol'

/** Every table. All of it can be made again from the journal and the chain, so a changed schema is a rebuilt database, never a migration. */
const tables = `
create table cursors (name text primary key, value text not null);

create table datanet_metadata (datanet_id text primary key, name text not null, description text not null, cid text not null);

create table contributions (
  id text primary key, datanet_id text not null, contributor text not null, commitment text not null, count integer not null,
  licence text not null, consent integer not null, cid text not null, received_at bigint not null, seq bigint not null
);
create table records (
  contribution_id text not null, position integer not null, record_id text not null, datanet_id text not null, contributor text not null,
  prompt text not null, completion text not null, status text not null, reasons jsonb not null, duplicate_of text, seq bigint not null,
  primary key (contribution_id, position)
);
create index records_by_id on records (record_id);
create index records_by_datanet on records (datanet_id, seq, position);
create table record_history (
  id bigserial primary key, record_id text not null, datanet_id text not null, contribution_id text not null, at bigint not null, by text not null,
  from_status text, to_status text not null, reason text not null, seq bigint not null
);
create index record_history_by_id on record_history (record_id);
create table record_appeals (
  record_id text not null, contribution_id text not null, datanet_id text not null, at bigint not null, by text not null, reason text not null,
  primary key (record_id, contribution_id)
);
create table record_copies (
  run_id text not null, record_id text not null, contribution_id text not null, copy_of text not null, copied_contribution text not null,
  method text not null, similarity integer not null, at bigint not null, seq bigint not null, primary key (run_id, record_id, contribution_id)
);
create index record_copies_by_record on record_copies (record_id, contribution_id);
create index record_copies_by_source on record_copies (copy_of, copied_contribution);

create table snapshots (id text primary key, datanet_id text not null, statement jsonb not null, cid text not null, prepared_at bigint not null, seq bigint not null);
create table snapshot_records (snapshot_id text not null, record_id text not null, contributor text not null, primary key (snapshot_id, record_id));
create index snapshot_records_by_record on snapshot_records (record_id);

create table runs (
  id text primary key, name text not null, trainer text not null, base_id text not null, snapshot_ids jsonb not null, request jsonb not null,
  status text not null, created_at bigint not null, seq bigint not null, result jsonb, error text, adapter_id text, manifest text
);
create index runs_by_adapter on runs (adapter_id);

create table deployments (
  id text primary key, model text not null unique, adapter_id text not null, owner text not null, statement jsonb not null, signature text not null,
  registered_at bigint not null, seq bigint not null
);

create table receipts (
  id text primary key, seq bigint not null unique, node text not null, nonce numeric not null, channel_id text not null, deployment_id text not null,
  model text not null, fee numeric not null, channel_total numeric not null, time bigint not null, bundle text not null, view jsonb not null,
  attribution text not null, attribution_deadline bigint
);
create index receipts_open on receipts (channel_id) where attribution = 'pending';
create index receipts_by_channel on receipts (channel_id, channel_total);
create index receipts_by_nonce on receipts (node, nonce);
create table receipt_shares (receipt_id text not null, payee text not null, amount numeric not null, primary key (receipt_id, payee));
create index receipt_shares_by_payee on receipt_shares (payee);

create table vouchers (channel_id text primary key, cumulative numeric not null, signature text not null);
create table payments (channel_id text not null, cumulative numeric not null, at bigint not null, primary key (channel_id, cumulative));

create table promises (receipt_id text primary key, channel_id text not null, gateway text not null, fee numeric not null, include_by bigint not null, signature text not null);
create index promises_by_channel on promises (channel_id);

create table epochs (
  gateway text not null, index integer not null, cid text not null, data_hash text not null, receipts_root text not null, lines_root text not null,
  balances_root text not null, total numeric not null, line_count integer not null, receipt_count integer not null, vouchers jsonb not null,
  stage text not null, built_at bigint not null, primary key (gateway, index)
);
create table epoch_receipts (receipt_id text primary key, gateway text not null, epoch integer not null);
create table epoch_lines (gateway text not null, epoch integer not null, line integer not null, payee text not null, receipt_id text not null, amount numeric not null, primary key (gateway, epoch, line));
create index epoch_lines_by_receipt on epoch_lines (receipt_id);
create table epoch_balances (gateway text not null, epoch integer not null, position integer not null, payee text not null, cumulative numeric not null, primary key (gateway, epoch, position));
create index epoch_balances_by_payee on epoch_balances (payee, epoch);

create table chain_blocks (number bigint primary key, hash text not null, time bigint not null);
create table chain_events (
  block_number bigint not null, log_index integer not null, transaction text not null, time bigint not null, name text not null, args jsonb not null,
  primary key (block_number, log_index)
);
create index chain_events_by_name on chain_events (name, block_number, log_index);
${['datanetId', 'contributionId', 'commitment', 'recordId', 'snapshotId', 'adapterId', 'deploymentId', 'payee', 'index', 'channelId', 'payer', 'account', 'guaranteeId', 'receiptId'].map((arg) => `create index chain_events_by_${arg} on chain_events ((args->>'${arg}'), name);`).join('\n')}
`

/** Names the schema: a database that carries another name is rebuilt. */
export const schemaVersion = keccak(utf8(tables)).slice(2, 18)

/** Makes all tables in an empty schema; every table is ours, so what stands there is dropped first. */
export const createSchema = `drop schema if exists ledger cascade; create schema ledger; set search_path to ledger; ${tables}
insert into cursors values ('schema', '${schemaVersion}');`
