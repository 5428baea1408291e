DROP TABLE refund_requests;
DROP TABLE refund_limits;
