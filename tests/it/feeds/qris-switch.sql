CREATE TABLE payments (id TEXT, reference TEXT, kind TEXT, amount_sen INTEGER, fee_sen INTEGER, status TEXT, paid_at TEXT);
INSERT INTO payments VALUES
  ('00006rvwi521', '', 'payment', 12700000, 88900, 'success', '2026-11-18 08:05:11'),
  ('4yz8vbi3dmtm', '', 'payment', 5150000, 35350, 'success', '2026-11-18 09:12:40'),
  ('00006ubp9ojf', '', 'payment', 125200000, 876400, 'success', '2026-11-18 10:33:07'),
  ('4yz8vdxw56b0', '', 'payment', 7700000, 43900, 'success', '2026-11-18 11:47:52'),
  ('00006wri180t', '', 'payment', 10100000, 70700, 'success', '2026-11-18 13:02:19'),
  ('4yz8vgdowpse', '', 'payment', 23200000, 162400, 'success', '2026-11-18 14:20:00'),
  ('4yz8vitho99s', '', 'payment', 31200000, 218400, 'success', '2026-11-18 17:08:03'),
  ('1zzzz0000099', '', 'payment', 6400000, 44800, 'success', '2026-11-18 12:30:00');
