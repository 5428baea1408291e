home-title = Hôm nay, { $x }
home-calm = Không có việc nào đang chờ. Mọi giao dịch đã được đối soát.
home-identity = Cặp dòng có thể là một
home-dead = Thông báo chưa xử lý được
home-close = Tháng cần khóa sổ
home-missing = Ngày thiếu sao kê
home-account = Tài khoản …{ $x }
home-last-day = Sao kê gần nhất đến ngày { $x }
home-days-more = { $x } và { $y } ngày nữa
home-upload = Tải sao kê lên
home-tasks = Chuẩn bị
home-tasks-done = Đã chuẩn bị xong. Xem lại các mục.

look-title = Tìm kiếm
look-title-of = Tìm “{ $x }”
look-what = Gõ tên học sinh (không cần dấu), mã, số điện thoại, số tiền, số tham chiếu hoặc nội dung chuyển khoản vào ô ở đầu trang.
look-none = Không tìm thấy gì. Thử ít chữ hơn, tên không dấu, hoặc số tiền như 1.250.000.
look-code = Mã học sinh
look-guardian = Phụ huynh
look-left = đã nghỉ
look-more-students = Còn học sinh khác hợp với từ này. Xem trong danh sách học sinh.
look-payments = Giao dịch
look-more-payments = Còn giao dịch khác. Xem tất cả trong Đối soát.

help-of = Trợ giúp: { $x }
help-what = Mỗi phần việc có một trang hướng dẫn ngắn.
help-all = Xem các hướng dẫn khác
