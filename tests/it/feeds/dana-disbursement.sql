CREATE TABLE payments (id TEXT, reference TEXT, kind TEXT, amount_sen INTEGER, fee_sen INTEGER, status TEXT, paid_at TEXT);
INSERT INTO payments VALUES
  ('SGR202611180001', '', 'payment', 12600000, 55500, 'success', '2026-11-18 08:05:11'),
  ('SGR202611180002', '', 'payment', 4850000, 55500, 'success', '2026-11-18 09:12:40'),
  ('SGR202611180003', '', 'payment', 125100000, 55500, 'success', '2026-11-18 10:33:07'),
  ('SGR202611180004', '', 'payment', 7600000, 55000, 'success', '2026-11-18 11:47:52'),
  ('SGR202611180005', '', 'payment', 10000000, 55500, 'success', '2026-11-18 13:02:19'),
  ('SGR202611180006', '', 'payment', 23000000, 0, 'pending', '2026-11-18 14:20:00'),
  ('SGR202611180008', '', 'payment', 31100000, 55500, 'success', '2026-11-18 17:08:03'),
  ('SGR202611180003', '', 'refund', 125100000, 55500, 'success', '2026-11-18 18:00:00'),
  ('SGR202611180099', '', 'payment', 6400000, 55500, 'success', '2026-11-18 12:30:00');
