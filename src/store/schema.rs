//! The tables both databases have, as Diesel sees them. The migrations say the rest.

diesel::table! {
    /// Table `authorities`.
    authorities (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `kind`.
        kind -> Text,
        /// Column `parent_id`.
        parent_id -> Nullable<BigInt>,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `schools`.
    schools (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `level`.
        level -> Text,
        /// Column `settle_in_part`.
        settle_in_part -> Bool,
        /// Column `settle_known_payer`.
        settle_known_payer -> Bool,
        /// Column `closed_on`.
        closed_on -> Nullable<Date>,
        /// Column `fee_zone`.
        fee_zone -> Nullable<Text>,
        /// Column `ownership`.
        ownership -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `school_placements`.
    school_placements (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `authority_id`.
        authority_id -> BigInt,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `bank_accounts`.
    bank_accounts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `bin`.
        bin -> Text,
        /// Column `number`.
        number -> Text,
        /// Column `holder`.
        holder -> Text,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
        /// Column `gateway`.
        gateway -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `families`.
    families (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_key`.
        family_key -> Text,
    }
}

diesel::table! {
    /// Table `students`.
    students (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `class`.
        class -> Text,
        /// Column `guardian_name`.
        guardian_name -> Nullable<Text>,
        /// Column `email`.
        email -> Nullable<Text>,
        /// Column `phone`.
        phone -> Nullable<Text>,
        /// Column `search_key`.
        search_key -> Text,
        /// Column `sort_key`.
        sort_key -> Text,
        /// Column `birth_date`.
        birth_date -> Nullable<Date>,
        /// Column `sex`.
        sex -> Nullable<Text>,
        /// Column `collection`.
        collection -> Nullable<Text>,
        /// Column `exemption`.
        exemption -> Nullable<Text>,
        /// Column `left_on`.
        left_on -> Nullable<Date>,
        /// Column `left_reason`.
        left_reason -> Nullable<Text>,
        /// Column `import_id`.
        import_id -> Nullable<BigInt>,
        /// Column `fee_zone`.
        fee_zone -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `virtual_accounts`.
    virtual_accounts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `number`.
        number -> Text,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `fee_items`.
    fee_items (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `priority`.
        priority -> Integer,
        /// Column `unit`.
        unit -> Text,
        /// Column `compulsory`.
        compulsory -> Bool,
        /// Column `official_code_id`.
        official_code_id -> Nullable<BigInt>,
        /// Column `retired_on`.
        retired_on -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `collection_rounds`.
    collection_rounds (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `scope`.
        scope -> Nullable<Text>,
        /// Column `period_from`.
        period_from -> Nullable<Date>,
        /// Column `period_to`.
        period_to -> Nullable<Date>,
        /// Column `due_on`.
        due_on -> Nullable<Date>,
        /// Column `bank_account_id`.
        bank_account_id -> Nullable<BigInt>,
        /// Column `instalments`.
        instalments -> Nullable<Text>,
        /// Column `fingerprint`.
        fingerprint -> Nullable<Text>,
        /// Column `issued_by`.
        issued_by -> Nullable<Text>,
        /// Column `issued_at`.
        issued_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `invoices`.
    invoices (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `round_id`.
        round_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `gross_dong`.
        gross_dong -> BigInt,
        /// Column `waived_dong`.
        waived_dong -> BigInt,
        /// Column `net_dong`.
        net_dong -> BigInt,
        /// Column `paid_dong`.
        paid_dong -> BigInt,
        /// Column `cancelled`.
        cancelled -> Bool,
        /// Column `due_on`.
        due_on -> Nullable<Date>,
        /// Column `issued_at`.
        issued_at -> Timestamp,
        /// Column `number`.
        number -> Nullable<BigInt>,
        /// Column `school_year`.
        school_year -> Nullable<Integer>,
        /// Column `class`.
        class -> Nullable<Text>,
        /// Column `replaces_id`.
        replaces_id -> Nullable<BigInt>,
        /// Column `import_id`.
        import_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Table `invoice_lines`.
    invoice_lines (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `invoice_id`.
        invoice_id -> BigInt,
        /// Column `fee_item_id`.
        fee_item_id -> BigInt,
        /// Column `position`.
        position -> Integer,
        /// Column `gross_dong`.
        gross_dong -> BigInt,
        /// Column `waived_dong`.
        waived_dong -> BigInt,
        /// Column `net_dong`.
        net_dong -> BigInt,
        /// Column `quantity`.
        quantity -> Nullable<BigInt>,
        /// Column `price_dong`.
        price_dong -> Nullable<BigInt>,
        /// Column `share_percent`.
        share_percent -> Nullable<Integer>,
    }
}

diesel::table! {
    /// Table `imports`.
    imports (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `file_name`.
        file_name -> Text,
        /// Column `sha256`.
        sha256 -> Text,
        /// Column `size_bytes`.
        size_bytes -> BigInt,
        /// Column `format`.
        format -> Text,
        /// Column `layout`.
        layout -> Nullable<Text>,
        /// Column `source`.
        source -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `warnings`.
        warnings -> Text,
        /// Column `planned_by`.
        planned_by -> Text,
        /// Column `planned_at`.
        planned_at -> Timestamp,
        /// Column `committed_by`.
        committed_by -> Nullable<Text>,
        /// Column `committed_at`.
        committed_at -> Nullable<Timestamp>,
        /// Column `undone_by`.
        undone_by -> Nullable<Text>,
        /// Column `undone_at`.
        undone_at -> Nullable<Timestamp>,
        /// Column `outcome`.
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `statements`.
    statements (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `import_id`.
        import_id -> BigInt,
        /// Column `bank_account_id`.
        bank_account_id -> BigInt,
        /// Column `position`.
        position -> Integer,
        /// Column `reference`.
        reference -> Nullable<Text>,
        /// Column `sequence`.
        sequence -> Nullable<Text>,
        /// Column `opening_dong`.
        opening_dong -> Nullable<BigInt>,
        /// Column `opening_on`.
        opening_on -> Nullable<Date>,
        /// Column `closing_dong`.
        closing_dong -> Nullable<BigInt>,
        /// Column `closing_on`.
        closing_on -> Nullable<Date>,
        /// Column `credits_dong`.
        credits_dong -> BigInt,
        /// Column `debits_dong`.
        debits_dong -> BigInt,
        /// Column `entry_count`.
        entry_count -> BigInt,
        /// Column `first_on`.
        first_on -> Nullable<Date>,
        /// Column `last_on`.
        last_on -> Nullable<Date>,
        /// Column `period_from`.
        period_from -> Nullable<Date>,
        /// Column `period_to`.
        period_to -> Nullable<Date>,
        /// Column `copy`.
        copy -> Bool,
    }
}

diesel::table! {
    /// Table `entries`.
    entries (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `import_id`.
        import_id -> BigInt,
        /// Column `statement_id`.
        statement_id -> BigInt,
        /// Column `bank_account_id`.
        bank_account_id -> BigInt,
        /// Column `position`.
        position -> BigInt,
        /// Column `place`.
        place -> Text,
        /// Column `booking_date`.
        booking_date -> Date,
        /// Column `value_date`.
        value_date -> Nullable<Date>,
        /// Column `credit_debit`.
        credit_debit -> Text,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `status`.
        status -> Text,
        /// Column `reversal`.
        reversal -> Bool,
        /// Column `reference`.
        reference -> Nullable<Text>,
        /// Column `end_to_end_id`.
        end_to_end_id -> Nullable<Text>,
        /// Column `remittance`.
        remittance -> Nullable<Text>,
        /// Column `counterparty_name`.
        counterparty_name -> Nullable<Text>,
        /// Column `counterparty_account`.
        counterparty_account -> Nullable<Text>,
        /// Column `counterparty_bank`.
        counterparty_bank -> Nullable<Text>,
        /// Column `balance_after_dong`.
        balance_after_dong -> Nullable<BigInt>,
        /// Column `own_key`.
        own_key -> Text,
        /// Column `own_ordinal`.
        own_ordinal -> BigInt,
        /// Column `text_key`.
        text_key -> Text,
        /// Column `reference_key`.
        reference_key -> Nullable<Text>,
        /// Column `source_id`.
        source_id -> Nullable<Text>,
        /// Column `virtual_account`.
        virtual_account -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `payments`.
    payments (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `bank_account_id`.
        bank_account_id -> Nullable<BigInt>,
        /// Column `entry_id`.
        entry_id -> Nullable<BigInt>,
        /// Column `credit_debit`.
        credit_debit -> Text,
        /// Column `channel`.
        channel -> Text,
        /// Column `booking_date`.
        booking_date -> Date,
        /// Column `order_key`.
        order_key -> Text,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `allocated_dong`.
        allocated_dong -> BigInt,
        /// Column `credited_dong`.
        credited_dong -> BigInt,
        /// Column `refunded_dong`.
        refunded_dong -> BigInt,
        /// Column `set_aside_dong`.
        set_aside_dong -> BigInt,
        /// Column `decision_kind`.
        decision_kind -> Text,
        /// Column `decided_by`.
        decided_by -> Text,
        /// Column `decision_id`.
        decision_id -> Nullable<BigInt>,
        /// Column `voided`.
        voided -> Bool,
        /// Column `confidence`.
        confidence -> Integer,
    }
}

diesel::table! {
    /// Table `evidence`.
    evidence (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `import_id`.
        import_id -> Nullable<BigInt>,
        /// Column `entry_id`.
        entry_id -> Nullable<BigInt>,
        /// Column `bank_account_id`.
        bank_account_id -> Nullable<BigInt>,
        /// Column `kind`.
        kind -> Text,
        /// Column `source`.
        source -> Text,
        /// Column `own_key`.
        own_key -> Text,
        /// Column `own_ordinal`.
        own_ordinal -> BigInt,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `decisions`.
    decisions (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `rule`.
        rule -> Text,
        /// Column `body`.
        body -> Text,
        /// Column `decided_by`.
        decided_by -> Text,
        /// Column `decided_at`.
        decided_at -> Timestamp,
        /// Column `import_id`.
        import_id -> Nullable<BigInt>,
        /// Column `note`.
        note -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `allocations`.
    allocations (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `decision_id`.
        decision_id -> BigInt,
        /// Column `target`.
        target -> Text,
        /// Column `invoice_id`.
        invoice_id -> Nullable<BigInt>,
        /// Column `invoice_line_id`.
        invoice_line_id -> Nullable<BigInt>,
        /// Column `family_id`.
        family_id -> Nullable<BigInt>,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `reverses_id`.
        reverses_id -> Nullable<BigInt>,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `cash_vouchers`.
    cash_vouchers (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `number`.
        number -> BigInt,
        /// Column `year`.
        year -> Integer,
        /// Column `payer`.
        payer -> Text,
        /// Column `received_on`.
        received_on -> Date,
        /// Column `note`.
        note -> Nullable<Text>,
        /// Column `request_key`.
        request_key -> Nullable<Text>,
        /// Column `voided_at`.
        voided_at -> Nullable<Timestamp>,
        /// Column `voided_by`.
        voided_by -> Nullable<Text>,
        /// Column `void_reason`.
        void_reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `payer_accounts`.
    payer_accounts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `account`.
        account -> Text,
        /// Column `confirmed`.
        confirmed -> Integer,
        /// Column `contradicted`.
        contradicted -> Integer,
        /// Column `confirmed_at`.
        confirmed_at -> Nullable<Timestamp>,
        /// Column `import_id`.
        import_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Table `audit_heads`.
    audit_heads (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `length`.
        length -> BigInt,
        /// Column `head`.
        head -> Text,
    }
}

diesel::table! {
    /// Table `audit_records`.
    audit_records (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `chain_id`.
        chain_id -> BigInt,
        /// Column `sequence`.
        sequence -> BigInt,
        /// Column `at`.
        at -> Timestamp,
        /// Column `actor`.
        actor -> Text,
        /// Column `action`.
        action -> Text,
        /// Column `subject_kind`.
        subject_kind -> Text,
        /// Column `subject_id`.
        subject_id -> BigInt,
        /// Column `detail`.
        detail -> Text,
        /// Column `previous_hash`.
        previous_hash -> Text,
        /// Column `hash`.
        hash -> Text,
    }
}

diesel::table! {
    /// Table `api_keys`.
    api_keys (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `key_hash`.
        key_hash -> Text,
        /// Column `role`.
        role -> Text,
        /// Column `school_id`.
        school_id -> Nullable<BigInt>,
        /// Column `authority_id`.
        authority_id -> Nullable<BigInt>,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `revoked_at`.
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `idempotency_keys`.
    idempotency_keys (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `api_key_id`.
        api_key_id -> BigInt,
        /// Column `idempotency_key`.
        idempotency_key -> Text,
        /// Column `fingerprint`.
        fingerprint -> Text,
        /// Column `status`.
        status -> Nullable<Integer>,
        /// Column `body`.
        body -> Nullable<Text>,
        /// Column `created_at`.
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `archives`.
    archives (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `file_name`.
        file_name -> Text,
        /// Column `sha256`.
        sha256 -> Text,
        /// Column `size_bytes`.
        size_bytes -> BigInt,
        /// Column `container`.
        container -> Text,
        /// Column `planned_by`.
        planned_by -> Text,
        /// Column `planned_at`.
        planned_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `archive_parts`.
    archive_parts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `archive_id`.
        archive_id -> BigInt,
        /// Column `import_id`.
        import_id -> BigInt,
        /// Column `position`.
        position -> Integer,
        /// Column `brought`.
        brought -> Bool,
    }
}

diesel::table! {
    /// Table `column_mappings`.
    column_mappings (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `bank_account_id`.
        bank_account_id -> BigInt,
        /// Column `headings_key`.
        headings_key -> Text,
        /// Column `mapping`.
        mapping -> Text,
        /// Column `saved_by`.
        saved_by -> Text,
        /// Column `saved_at`.
        saved_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `identity_rulings`.
    identity_rulings (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `bank_account_id`.
        bank_account_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `one_source`.
        one_source -> Text,
        /// Column `one_own_key`.
        one_own_key -> Text,
        /// Column `one_own_ordinal`.
        one_own_ordinal -> BigInt,
        /// Column `one_booked_on`.
        one_booked_on -> Date,
        /// Column `other_source`.
        other_source -> Text,
        /// Column `other_own_key`.
        other_own_key -> Text,
        /// Column `other_own_ordinal`.
        other_own_ordinal -> BigInt,
        /// Column `other_booked_on`.
        other_booked_on -> Date,
        /// Column `one_payment_id`.
        one_payment_id -> BigInt,
        /// Column `other_payment_id`.
        other_payment_id -> BigInt,
        /// Column `reason`.
        reason -> Text,
        /// Column `decided_by`.
        decided_by -> Text,
        /// Column `decided_at`.
        decided_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `identity_doubts`.
    identity_doubts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `like_payment_id`.
        like_payment_id -> BigInt,
        /// Column `entry_id`.
        entry_id -> BigInt,
        /// Column `like_entry_id`.
        like_entry_id -> BigInt,
        /// Column `why`.
        why -> Text,
    }
}

diesel::table! {
    /// Table `match_refusals`.
    match_refusals (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `account`.
        account -> Nullable<Text>,
        /// Column `refused_on`.
        refused_on -> Date,
        /// Column `refused_by`.
        refused_by -> Text,
        /// Column `refused_at`.
        refused_at -> Timestamp,
        /// Column `reason`.
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `webhook_endpoints`.
    webhook_endpoints (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `public_id`.
        public_id -> Text,
        /// Column `provider`.
        provider -> Text,
        /// Column `scheme`.
        scheme -> Text,
        /// Column `client`.
        client -> Nullable<Text>,
        /// Column `tolerance_seconds`.
        tolerance_seconds -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `bank_account_id`.
        bank_account_id -> Nullable<BigInt>,
        /// Column `created_by`.
        created_by -> Text,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `disabled_at`.
        disabled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `event_endpoints`.
    event_endpoints (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `url`.
        url -> Text,
        /// Column `kinds`.
        kinds -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `created_by`.
        created_by -> Text,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `disabled_at`.
        disabled_at -> Nullable<Timestamp>,
        /// Column `disabled_why`.
        disabled_why -> Nullable<Text>,
        /// Column `paused_until`.
        paused_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `webhook_secrets`.
    webhook_secrets (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `webhook_endpoint_id`.
        webhook_endpoint_id -> Nullable<BigInt>,
        /// Column `event_endpoint_id`.
        event_endpoint_id -> Nullable<BigInt>,
        /// Column `key_id`.
        key_id -> Text,
        /// Column `sealed`.
        sealed -> Text,
        /// Column `created_by`.
        created_by -> Text,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `retired_at`.
        retired_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `notifications`.
    notifications (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `endpoint_id`.
        endpoint_id -> BigInt,
        /// Column `provider_id`.
        provider_id -> Text,
        /// Column `came_by`.
        came_by -> Text,
        /// Column `method`.
        method -> Text,
        /// Column `query`.
        query -> Text,
        /// Column `headers`.
        headers -> Text,
        /// Column `body`.
        body -> Text,
        /// Column `received_at`.
        received_at -> Timestamp,
        /// Column `state`.
        state -> Text,
        /// Column `attempts`.
        attempts -> BigInt,
        /// Column `due_at`.
        due_at -> Timestamp,
        /// Column `leased_until`.
        leased_until -> Nullable<Timestamp>,
        /// Column `problem`.
        problem -> Nullable<Text>,
        /// Column `outcome`.
        outcome -> Nullable<Text>,
        /// Column `import_id`.
        import_id -> Nullable<BigInt>,
        /// Column `handled_at`.
        handled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `webhook_refusals`.
    webhook_refusals (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `endpoint_id`.
        endpoint_id -> BigInt,
        /// Column `day`.
        day -> Date,
        /// Column `reason`.
        reason -> Text,
        /// Column `times`.
        times -> BigInt,
    }
}

diesel::table! {
    /// Table `events`.
    events (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `message_id`.
        message_id -> Text,
        /// Column `kind`.
        kind -> Text,
        /// Column `body`.
        body -> Text,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `event_deliveries`.
    event_deliveries (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `event_id`.
        event_id -> BigInt,
        /// Column `endpoint_id`.
        endpoint_id -> BigInt,
        /// Column `state`.
        state -> Text,
        /// Column `attempts`.
        attempts -> BigInt,
        /// Column `attempts_before`.
        attempts_before -> BigInt,
        /// Column `due_at`.
        due_at -> Timestamp,
        /// Column `leased_until`.
        leased_until -> Nullable<Timestamp>,
        /// Column `status`.
        status -> Nullable<BigInt>,
        /// Column `problem`.
        problem -> Nullable<Text>,
        /// Column `sent_at`.
        sent_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `gateway_terms`.
    gateway_terms (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `bank_account_id`.
        bank_account_id -> BigInt,
        /// Column `fee_millionths`.
        fee_millionths -> Nullable<BigInt>,
        /// Column `fee_dong`.
        fee_dong -> Nullable<BigInt>,
        /// Column `most_fee_millionths`.
        most_fee_millionths -> BigInt,
    }
}

diesel::table! {
    /// Table `payouts`.
    payouts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `bank_account_id`.
        bank_account_id -> BigInt,
        /// Column `state`.
        state -> Text,
        /// Column `gross_dong`.
        gross_dong -> BigInt,
        /// Column `fee_dong`.
        fee_dong -> BigInt,
        /// Column `decided_by`.
        decided_by -> Text,
        /// Column `decided_at`.
        decided_at -> Timestamp,
        /// Column `note`.
        note -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `payout_items`.
    payout_items (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payout_id`.
        payout_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
    }
}

diesel::table! {
    /// Table `webhook_pulls`.
    webhook_pulls (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `endpoint_id`.
        endpoint_id -> BigInt,
        /// Column `base_url`.
        base_url -> Text,
        /// Column `key_id`.
        key_id -> Text,
        /// Column `sealed`.
        sealed -> Text,
        /// Column `page_size`.
        page_size -> BigInt,
        /// Column `every_minutes`.
        every_minutes -> BigInt,
        /// Column `pulled_to`.
        pulled_to -> Nullable<Date>,
        /// Column `due_at`.
        due_at -> Timestamp,
        /// Column `leased_until`.
        leased_until -> Nullable<Timestamp>,
        /// Column `problem`.
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `official_fee_codes`.
    official_fee_codes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `authority_id`.
        authority_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `fee_prices`.
    fee_prices (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `fee_item_id`.
        fee_item_id -> BigInt,
        /// Column `zone`.
        zone -> Nullable<Text>,
        /// Column `level`.
        level -> Nullable<Text>,
        /// Column `grade`.
        grade -> Nullable<Integer>,
        /// Column `price_dong`.
        price_dong -> BigInt,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `fee_choices`.
    fee_choices (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `fee_item_id`.
        fee_item_id -> BigInt,
        /// Column `valid_from`.
        valid_from -> Date,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `exemptions`.
    exemptions (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `fee_item_id`.
        fee_item_id -> Nullable<BigInt>,
        /// Column `ground`.
        ground -> Text,
        /// Column `share_percent`.
        share_percent -> Integer,
        /// Column `document`.
        document -> Nullable<Text>,
        /// Column `valid_from`.
        valid_from -> Date,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
        /// Column `recorded_by`.
        recorded_by -> Text,
        /// Column `recorded_at`.
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `round_items`.
    round_items (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `round_id`.
        round_id -> BigInt,
        /// Column `fee_item_id`.
        fee_item_id -> BigInt,
        /// Column `position`.
        position -> Integer,
        /// Column `quantity`.
        quantity -> BigInt,
        /// Column `price_dong`.
        price_dong -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Table `round_quantities`.
    round_quantities (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `round_id`.
        round_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `fee_item_id`.
        fee_item_id -> BigInt,
        /// Column `quantity`.
        quantity -> BigInt,
    }
}

diesel::table! {
    /// Table `instalments`.
    instalments (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `invoice_id`.
        invoice_id -> BigInt,
        /// Column `position`.
        position -> Integer,
        /// Column `due_on`.
        due_on -> Date,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
    }
}

diesel::table! {
    /// Table `credit_notes`.
    credit_notes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `invoice_id`.
        invoice_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `number`.
        number -> BigInt,
        /// Column `school_year`.
        school_year -> Integer,
        /// Column `gross_dong`.
        gross_dong -> BigInt,
        /// Column `waived_dong`.
        waived_dong -> BigInt,
        /// Column `net_dong`.
        net_dong -> BigInt,
        /// Column `reason`.
        reason -> Text,
        /// Column `made_by`.
        made_by -> Text,
        /// Column `made_at`.
        made_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `credit_note_lines`.
    credit_note_lines (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `credit_note_id`.
        credit_note_id -> BigInt,
        /// Column `invoice_line_id`.
        invoice_line_id -> BigInt,
        /// Column `gross_dong`.
        gross_dong -> BigInt,
        /// Column `waived_dong`.
        waived_dong -> BigInt,
        /// Column `net_dong`.
        net_dong -> BigInt,
    }
}

diesel::table! {
    /// Table `write_offs`.
    write_offs (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `invoice_id`.
        invoice_id -> BigInt,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `reason`.
        reason -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `asked_by`.
        asked_by -> Text,
        /// Column `asked_at`.
        asked_at -> Timestamp,
        /// Column `decided_by`.
        decided_by -> Nullable<Text>,
        /// Column `decided_at`.
        decided_at -> Nullable<Timestamp>,
        /// Column `credit_note_id`.
        credit_note_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Table `refunds`.
    refunds (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `fee_item_id`.
        fee_item_id -> Nullable<BigInt>,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `bin`.
        bin -> Text,
        /// Column `account`.
        account -> Text,
        /// Column `holder`.
        holder -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `ordered_by`.
        ordered_by -> Text,
        /// Column `ordered_at`.
        ordered_at -> Timestamp,
        /// Column `closed_by`.
        closed_by -> Nullable<Text>,
        /// Column `closed_at`.
        closed_at -> Nullable<Timestamp>,
        /// Column `paid_on`.
        paid_on -> Nullable<Date>,
        /// Column `reference`.
        reference -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `refund_parts`.
    refund_parts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `refund_id`.
        refund_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
    }
}

diesel::table! {
    /// Table `student_imports`.
    student_imports (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `file_name`.
        file_name -> Text,
        /// Column `options`.
        options -> Text,
        /// Column `list`.
        list -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `outcome`.
        outcome -> Text,
        /// Column `planned_by`.
        planned_by -> Text,
        /// Column `planned_at`.
        planned_at -> Timestamp,
        /// Column `committed_at`.
        committed_at -> Nullable<Timestamp>,
        /// Column `undone_at`.
        undone_at -> Nullable<Timestamp>,
        /// Column `kind`.
        kind -> Text,
    }
}

diesel::table! {
    /// Table `classes`.
    classes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `name`.
        name -> Text,
        /// Column `grade`.
        grade -> Nullable<Integer>,
        /// Column `defined`.
        defined -> Bool,
    }
}

diesel::table! {
    /// Table `student_identifiers`.
    student_identifiers (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `scheme`.
        scheme -> Text,
        /// Column `value`.
        value -> Text,
    }
}

diesel::table! {
    /// Table `guardians`.
    guardians (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `position`.
        position -> Integer,
        /// Column `name`.
        name -> Nullable<Text>,
        /// Column `relation`.
        relation -> Nullable<Text>,
        /// Column `email`.
        email -> Nullable<Text>,
        /// Column `phone`.
        phone -> Nullable<Text>,
        /// Column `language`.
        language -> Text,
    }
}

diesel::table! {
    /// Table `enrolments`.
    enrolments (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `class`.
        class -> Text,
        /// Column `grade`.
        grade -> Nullable<Integer>,
        /// Column `school_year`.
        school_year -> Text,
        /// Column `from_day`.
        from_day -> Nullable<Date>,
        /// Column `to_day`.
        to_day -> Nullable<Date>,
        /// Column `ended_by`.
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `student_changes`.
    student_changes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `import_id`.
        import_id -> Nullable<BigInt>,
        /// Column `kind`.
        kind -> Text,
        /// Column `before`.
        before -> Text,
        /// Column `actor`.
        actor -> Text,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `pos_slips`.
    pos_slips (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `terminal`.
        terminal -> Text,
        /// Column `slip`.
        slip -> Text,
        /// Column `paid_on`.
        paid_on -> Date,
        /// Column `payer`.
        payer -> Text,
        /// Column `note`.
        note -> Nullable<Text>,
        /// Column `request_key`.
        request_key -> Nullable<Text>,
        /// Column `voided_at`.
        voided_at -> Nullable<Timestamp>,
        /// Column `voided_by`.
        voided_by -> Nullable<Text>,
        /// Column `void_reason`.
        void_reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `cash_deposits`.
    cash_deposits (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `gross_dong`.
        gross_dong -> BigInt,
        /// Column `fee_dong`.
        fee_dong -> BigInt,
        /// Column `decided_by`.
        decided_by -> Text,
        /// Column `decided_at`.
        decided_at -> Timestamp,
        /// Column `note`.
        note -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `cash_deposit_items`.
    cash_deposit_items (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `deposit_id`.
        deposit_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
    }
}

diesel::table! {
    /// Table `cash_counts`.
    cash_counts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `counted_on`.
        counted_on -> Date,
        /// Column `book_dong`.
        book_dong -> BigInt,
        /// Column `counted_dong`.
        counted_dong -> BigInt,
        /// Column `note`.
        note -> Nullable<Text>,
        /// Column `counted_by`.
        counted_by -> Text,
        /// Column `counted_at`.
        counted_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `periods`.
    periods (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `month`.
        month -> Date,
        /// Column `state`.
        state -> Text,
        /// Column `version`.
        version -> Integer,
        /// Column `changed_by`.
        changed_by -> Text,
        /// Column `changed_at`.
        changed_at -> Timestamp,
        /// Column `reason`.
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `period_closes`.
    period_closes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `month`.
        month -> Date,
        /// Column `version`.
        version -> Integer,
        /// Column `figures`.
        figures -> Text,
        /// Column `sha256`.
        sha256 -> Text,
        /// Column `accepted`.
        accepted -> Text,
        /// Column `closed_by`.
        closed_by -> Text,
        /// Column `closed_at`.
        closed_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `period_payments`.
    period_payments (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `close_id`.
        close_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `booking_date`.
        booking_date -> Date,
        /// Column `channel`.
        channel -> Text,
        /// Column `since_id`.
        since_id -> BigInt,
        /// Column `late`.
        late -> Bool,
        /// Column `standing`.
        standing -> Bool,
    }
}

diesel::table! {
    /// Table `period_invoices`.
    period_invoices (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `close_id`.
        close_id -> BigInt,
        /// Column `invoice_id`.
        invoice_id -> BigInt,
        /// Column `net_dong`.
        net_dong -> BigInt,
    }
}

diesel::table! {
    /// Table `authority_parents`.
    authority_parents (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `authority_id`.
        authority_id -> BigInt,
        /// Column `parent_id`.
        parent_id -> Nullable<BigInt>,
        /// Column `valid_from`.
        valid_from -> Date,
    }
}

diesel::table! {
    /// Table `authority_former_names`.
    authority_former_names (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `authority_id`.
        authority_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Date,
    }
}

diesel::table! {
    /// Table `authority_successors`.
    authority_successors (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `authority_id`.
        authority_id -> BigInt,
        /// Column `successor_id`.
        successor_id -> BigInt,
    }
}

diesel::table! {
    /// Table `school_aliases`.
    school_aliases (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `school_satellites`.
    school_satellites (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `valid_from`.
        valid_from -> Nullable<Date>,
        /// Column `valid_to`.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `asked_files`.
    asked_files (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `file_name`.
        file_name -> Text,
        /// Column `account`.
        account -> Nullable<Text>,
        /// Column `content`.
        content -> Text,
        /// Column `question`.
        question -> Text,
        /// Column `asked_by`.
        asked_by -> Text,
        /// Column `asked_at`.
        asked_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `users`.
    users (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `email`.
        email -> Text,
        /// Column `name`.
        name -> Text,
        /// Column `lang`.
        lang -> Text,
        /// Column `password_hash`.
        password_hash -> Nullable<Text>,
        /// Column `password_set_at`.
        password_set_at -> Nullable<Timestamp>,
        /// Column `totp_key_id`.
        totp_key_id -> Nullable<Text>,
        /// Column `totp_sealed`.
        totp_sealed -> Nullable<Text>,
        /// Column `totp_since`.
        totp_since -> Nullable<Timestamp>,
        /// Column `totp_last_step`.
        totp_last_step -> Nullable<BigInt>,
        /// Column `pending_key_id`.
        pending_key_id -> Nullable<Text>,
        /// Column `pending_sealed`.
        pending_sealed -> Nullable<Text>,
        /// Column `pending_since`.
        pending_since -> Nullable<Timestamp>,
        /// Column `second_factor_exempt`.
        second_factor_exempt -> Bool,
        /// Column `created_by`.
        created_by -> Text,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `disabled_at`.
        disabled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `user_grants`.
    user_grants (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `user_id`.
        user_id -> BigInt,
        /// Column `role`.
        role -> Text,
        /// Column `school_id`.
        school_id -> Nullable<BigInt>,
        /// Column `authority_id`.
        authority_id -> Nullable<BigInt>,
        /// Column `granted_by`.
        granted_by -> Text,
        /// Column `granted_at`.
        granted_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `sessions`.
    sessions (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `user_id`.
        user_id -> BigInt,
        /// Column `secret_hash`.
        secret_hash -> Text,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `last_seen_at`.
        last_seen_at -> Timestamp,
        /// Column `proved_at`.
        proved_at -> Timestamp,
        /// Column `expires_at`.
        expires_at -> Timestamp,
        /// Column `revoked_at`.
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `user_tokens`.
    user_tokens (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `user_id`.
        user_id -> Nullable<BigInt>,
        /// Column `secret_hash`.
        secret_hash -> Text,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `expires_at`.
        expires_at -> Timestamp,
        /// Column `used_at`.
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `recovery_codes`.
    recovery_codes (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `user_id`.
        user_id -> BigInt,
        /// Column `code_hash`.
        code_hash -> Text,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `used_at`.
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `sign_in_attempts`.
    sign_in_attempts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `subject_hash`.
        subject_hash -> Text,
        /// Column `failures`.
        failures -> BigInt,
        /// Column `last_at`.
        last_at -> Timestamp,
        /// Column `blocked_until`.
        blocked_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `mails`.
    mails (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> Nullable<BigInt>,
        /// Column `kind`.
        kind -> Text,
        /// Column `dedupe_key`.
        dedupe_key -> Text,
        /// Column `message_id`.
        message_id -> Text,
        /// Column `from_email`.
        from_email -> Text,
        /// Column `to_name`.
        to_name -> Text,
        /// Column `to_email`.
        to_email -> Text,
        /// Column `subject`.
        subject -> Text,
        /// Column `key_id`.
        key_id -> Text,
        /// Column `sealed`.
        sealed -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `attempts`.
        attempts -> BigInt,
        /// Column `attempts_before`.
        attempts_before -> BigInt,
        /// Column `unsure_times`.
        unsure_times -> BigInt,
        /// Column `due_at`.
        due_at -> Nullable<Timestamp>,
        /// Column `leased_until`.
        leased_until -> Nullable<Timestamp>,
        /// Column `begun_at`.
        begun_at -> Nullable<Timestamp>,
        /// Column `status`.
        status -> Nullable<BigInt>,
        /// Column `problem`.
        problem -> Nullable<Text>,
        /// Column `words`.
        words -> Nullable<Text>,
        /// Column `created_at`.
        created_at -> Timestamp,
        /// Column `sent_at`.
        sent_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `decision_groups`.
    decision_groups (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `rule`.
        rule -> Text,
        /// Column `payments`.
        payments -> BigInt,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `last_decision_id`.
        last_decision_id -> BigInt,
        /// Column `decided_by`.
        decided_by -> Text,
        /// Column `decided_at`.
        decided_at -> Timestamp,
        /// Column `undone_by`.
        undone_by -> Nullable<Text>,
        /// Column `undone_at`.
        undone_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `decision_group_members`.
    decision_group_members (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `group_id`.
        group_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `decision_id`.
        decision_id -> BigInt,
    }
}

diesel::table! {
    /// Table `tours`.
    tours (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `step`.
        step -> BigInt,
        /// Column `changed_at`.
        changed_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `letters`.
    letters (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `about_id`.
        about_id -> BigInt,
        /// Column `dedupe_key`.
        dedupe_key -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `due_at`.
        due_at -> Nullable<Timestamp>,
        /// Column `asked_by`.
        asked_by -> Text,
        /// Column `asked_at`.
        asked_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `family_links`.
    family_links (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `secret_hash`.
        secret_hash -> Text,
        /// Column `key_id`.
        key_id -> Text,
        /// Column `sealed`.
        sealed -> Text,
        /// Column `made_at`.
        made_at -> Timestamp,
        /// Column `expires_at`.
        expires_at -> Timestamp,
        /// Column `revoked_at`.
        revoked_at -> Nullable<Timestamp>,
        /// Column `revoked_by`.
        revoked_by -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `receipt_terms`.
    receipt_terms (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `issue`.
        issue -> Bool,
        /// Column `from_day`.
        from_day -> Nullable<Date>,
        /// Column `after_allocation`.
        after_allocation -> BigInt,
    }
}

diesel::table! {
    /// Table `receipts`.
    receipts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `school_year`.
        school_year -> Integer,
        /// Column `number`.
        number -> BigInt,
        /// Column `code`.
        code -> Text,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `class`.
        class -> Text,
        /// Column `search_key`.
        search_key -> Text,
        /// Column `body`.
        body -> Text,
        /// Column `issued_on`.
        issued_on -> Date,
        /// Column `issued_at`.
        issued_at -> Timestamp,
        /// Column `issued_by`.
        issued_by -> Text,
        /// Column `replaces_id`.
        replaces_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Table `receipt_voids`.
    receipt_voids (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `receipt_id`.
        receipt_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `reason`.
        reason -> Nullable<Text>,
        /// Column `voided_by`.
        voided_by -> Text,
        /// Column `voided_at`.
        voided_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `receipt_requests`.
    receipt_requests (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `receipt_id`.
        receipt_id -> BigInt,
        /// Column `reason`.
        reason -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `asked_by`.
        asked_by -> Text,
        /// Column `asked_at`.
        asked_at -> Timestamp,
        /// Column `decided_by`.
        decided_by -> Nullable<Text>,
        /// Column `decided_at`.
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `receipt_invoices`.
    receipt_invoices (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `receipt_id`.
        receipt_id -> BigInt,
        /// Column `symbol`.
        symbol -> Nullable<Text>,
        /// Column `number`.
        number -> Nullable<Text>,
        /// Column `lookup_code`.
        lookup_code -> Nullable<Text>,
        /// Column `lookup_url`.
        lookup_url -> Nullable<Text>,
        /// Column `entered_by`.
        entered_by -> Text,
        /// Column `entered_at`.
        entered_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `letter_copies`.
    letter_copies (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `letter_id`.
        letter_id -> BigInt,
        /// Column `mail_id`.
        mail_id -> Nullable<BigInt>,
        /// Column `reason`.
        reason -> Nullable<Text>,
        /// Column `own_words_failed`.
        own_words_failed -> Bool,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `letter_addresses`.
    letter_addresses (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `address_hash`.
        address_hash -> Text,
        /// Column `secret_hash`.
        secret_hash -> Text,
        /// Column `key_id`.
        key_id -> Text,
        /// Column `sealed`.
        sealed -> Text,
        /// Column `unsubscribed_at`.
        unsubscribed_at -> Nullable<Timestamp>,
        /// Column `refused_at`.
        refused_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `letter_terms`.
    letter_terms (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `reminders`.
        reminders -> Bool,
        /// Column `reminded_on`.
        reminded_on -> Nullable<Date>,
        /// Column `seen_at`.
        seen_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `letter_wordings`.
    letter_wordings (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `language`.
        language -> Text,
        /// Column `intro`.
        intro -> Nullable<Text>,
        /// Column `closing`.
        closing -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `family_page_settings`.
    family_page_settings (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `telephone`.
        telephone -> Text,
        /// Column `changed_by`.
        changed_by -> Text,
        /// Column `changed_at`.
        changed_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `family_openings`.
    family_openings (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `link_id`.
        link_id -> BigInt,
        /// Column `day`.
        day -> Date,
        /// Column `openings`.
        openings -> BigInt,
    }
}

diesel::table! {
    /// Table `family_looks`.
    family_looks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `what`.
        what -> Text,
        /// Column `actor`.
        actor -> Text,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `claims`.
    claims (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `paid_on`.
        paid_on -> Date,
        /// Column `bank`.
        bank -> Text,
        /// Column `account_end`.
        account_end -> Text,
        /// Column `words`.
        words -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `made_at`.
        made_at -> Timestamp,
        /// Column `answer`.
        answer -> Nullable<Text>,
        /// Column `answer_words`.
        answer_words -> Nullable<Text>,
        /// Column `payment_id`.
        payment_id -> Nullable<BigInt>,
        /// Column `answered_by`.
        answered_by -> Nullable<Text>,
        /// Column `answered_at`.
        answered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `claim_photos`.
    claim_photos (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `claim_id`.
        claim_id -> BigInt,
        /// Column `key_id`.
        key_id -> Text,
        /// Column `sealed`.
        sealed -> Text,
        /// Column `size_bytes`.
        size_bytes -> BigInt,
        /// Column `made_at`.
        made_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `contact_proposals`.
    contact_proposals (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `position`.
        position -> Integer,
        /// Column `key_id`.
        key_id -> Text,
        /// Column `sealed`.
        sealed -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `needs_old`.
        needs_old -> Bool,
        /// Column `needs_new`.
        needs_new -> Bool,
        /// Column `old_hash`.
        old_hash -> Nullable<Text>,
        /// Column `new_hash`.
        new_hash -> Nullable<Text>,
        /// Column `old_confirmed_at`.
        old_confirmed_at -> Nullable<Timestamp>,
        /// Column `new_confirmed_at`.
        new_confirmed_at -> Nullable<Timestamp>,
        /// Column `made_at`.
        made_at -> Timestamp,
        /// Column `expires_at`.
        expires_at -> Timestamp,
        /// Column `decided_by`.
        decided_by -> Nullable<Text>,
        /// Column `decided_at`.
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Table `survey_answers`.
    survey_answers (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `term`.
        term -> Text,
        /// Column `score`.
        score -> Integer,
        /// Column `words`.
        words -> Text,
        /// Column `answered_at`.
        answered_at -> Timestamp,
        /// Column `receipt_id`.
        receipt_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Table `family_bases`.
    family_bases (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `words`.
        words -> Text,
        /// Column `on_day`.
        on_day -> Date,
        /// Column `recorded_by`.
        recorded_by -> Text,
        /// Column `recorded_at`.
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `erasures`.
    erasures (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `state`.
        state -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `asked_by`.
        asked_by -> Text,
        /// Column `asked_at`.
        asked_at -> Timestamp,
        /// Column `decided_by`.
        decided_by -> Nullable<Text>,
        /// Column `decided_at`.
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    authorities,
    schools,
    school_placements,
    bank_accounts,
    families,
    students,
    virtual_accounts,
    fee_items,
    collection_rounds,
    invoices,
    invoice_lines,
    imports,
    archives,
    archive_parts,
    column_mappings,
    identity_rulings,
    identity_doubts,
    match_refusals,
    statements,
    entries,
    payments,
    evidence,
    decisions,
    allocations,
    cash_vouchers,
    payer_accounts,
    audit_heads,
    audit_records,
    api_keys,
    idempotency_keys,
    webhook_endpoints,
    event_endpoints,
    webhook_secrets,
    notifications,
    webhook_refusals,
    events,
    event_deliveries,
    gateway_terms,
    payouts,
    payout_items,
    webhook_pulls,
    official_fee_codes,
    fee_prices,
    fee_choices,
    exemptions,
    round_items,
    round_quantities,
    instalments,
    credit_notes,
    credit_note_lines,
    write_offs,
    refunds,
    refund_parts,
);
diesel::joinable!(school_placements -> schools (school_id));
diesel::joinable!(school_placements -> authorities (authority_id));
diesel::joinable!(bank_accounts -> schools (school_id));
diesel::joinable!(families -> schools (school_id));
diesel::joinable!(students -> schools (school_id));
diesel::joinable!(students -> families (family_id));
diesel::joinable!(virtual_accounts -> schools (school_id));
diesel::joinable!(virtual_accounts -> students (student_id));
diesel::joinable!(fee_items -> schools (school_id));
diesel::joinable!(collection_rounds -> schools (school_id));
diesel::joinable!(invoices -> schools (school_id));
diesel::joinable!(invoices -> students (student_id));
diesel::joinable!(invoices -> collection_rounds (round_id));
diesel::joinable!(invoice_lines -> schools (school_id));
diesel::joinable!(invoice_lines -> invoices (invoice_id));
diesel::joinable!(invoice_lines -> fee_items (fee_item_id));
diesel::joinable!(imports -> schools (school_id));
diesel::joinable!(archives -> schools (school_id));
diesel::joinable!(archive_parts -> schools (school_id));
diesel::joinable!(archive_parts -> archives (archive_id));
diesel::joinable!(archive_parts -> imports (import_id));
diesel::joinable!(column_mappings -> schools (school_id));
diesel::joinable!(column_mappings -> bank_accounts (bank_account_id));
diesel::joinable!(statements -> schools (school_id));
diesel::joinable!(statements -> imports (import_id));
diesel::joinable!(statements -> bank_accounts (bank_account_id));
diesel::joinable!(entries -> schools (school_id));
diesel::joinable!(entries -> imports (import_id));
diesel::joinable!(entries -> statements (statement_id));
diesel::joinable!(entries -> bank_accounts (bank_account_id));
diesel::joinable!(payments -> schools (school_id));
diesel::joinable!(payments -> bank_accounts (bank_account_id));
diesel::joinable!(payments -> entries (entry_id));
diesel::joinable!(evidence -> schools (school_id));
diesel::joinable!(evidence -> payments (payment_id));
diesel::joinable!(evidence -> imports (import_id));
diesel::joinable!(evidence -> entries (entry_id));
diesel::joinable!(evidence -> bank_accounts (bank_account_id));
diesel::joinable!(decisions -> schools (school_id));
diesel::joinable!(decisions -> payments (payment_id));
diesel::joinable!(decisions -> imports (import_id));
diesel::joinable!(allocations -> schools (school_id));
diesel::joinable!(allocations -> payments (payment_id));
diesel::joinable!(allocations -> decisions (decision_id));
diesel::joinable!(allocations -> invoices (invoice_id));
diesel::joinable!(allocations -> invoice_lines (invoice_line_id));
diesel::joinable!(allocations -> families (family_id));
diesel::joinable!(cash_vouchers -> schools (school_id));
diesel::joinable!(cash_vouchers -> payments (payment_id));
diesel::joinable!(payer_accounts -> schools (school_id));
diesel::joinable!(payer_accounts -> families (family_id));
diesel::joinable!(api_keys -> schools (school_id));
diesel::joinable!(api_keys -> authorities (authority_id));
diesel::joinable!(idempotency_keys -> api_keys (api_key_id));
diesel::joinable!(identity_rulings -> schools (school_id));
diesel::joinable!(identity_rulings -> bank_accounts (bank_account_id));
diesel::joinable!(identity_doubts -> schools (school_id));
diesel::joinable!(match_refusals -> schools (school_id));
diesel::joinable!(match_refusals -> payments (payment_id));
diesel::joinable!(match_refusals -> students (student_id));
diesel::joinable!(webhook_endpoints -> schools (school_id));
diesel::joinable!(webhook_endpoints -> bank_accounts (bank_account_id));
diesel::joinable!(event_endpoints -> schools (school_id));
diesel::joinable!(webhook_secrets -> schools (school_id));
diesel::joinable!(webhook_secrets -> webhook_endpoints (webhook_endpoint_id));
diesel::joinable!(webhook_secrets -> event_endpoints (event_endpoint_id));
diesel::joinable!(notifications -> schools (school_id));
diesel::joinable!(notifications -> webhook_endpoints (endpoint_id));
diesel::joinable!(notifications -> imports (import_id));
diesel::joinable!(webhook_refusals -> schools (school_id));
diesel::joinable!(webhook_refusals -> webhook_endpoints (endpoint_id));
diesel::joinable!(events -> schools (school_id));
diesel::joinable!(event_deliveries -> schools (school_id));
diesel::joinable!(event_deliveries -> events (event_id));
diesel::joinable!(event_deliveries -> event_endpoints (endpoint_id));
diesel::joinable!(gateway_terms -> schools (school_id));
diesel::joinable!(gateway_terms -> bank_accounts (bank_account_id));
diesel::joinable!(payouts -> schools (school_id));
diesel::joinable!(payouts -> payments (payment_id));
diesel::joinable!(payouts -> bank_accounts (bank_account_id));
diesel::joinable!(payout_items -> schools (school_id));
diesel::joinable!(payout_items -> payouts (payout_id));
diesel::joinable!(payout_items -> payments (payment_id));
diesel::joinable!(webhook_pulls -> schools (school_id));
diesel::joinable!(webhook_pulls -> webhook_endpoints (endpoint_id));

// Students beyond their names: lists taken in, classes, numbers, guardians, enrolments, history.
diesel::allow_tables_to_appear_in_same_query!(
    students,
    student_imports,
    classes,
    student_identifiers,
    guardians,
    enrolments,
    student_changes,
);
diesel::joinable!(students -> student_imports (import_id));
diesel::joinable!(student_imports -> schools (school_id));
diesel::joinable!(classes -> schools (school_id));
diesel::joinable!(student_identifiers -> schools (school_id));
diesel::joinable!(student_identifiers -> students (student_id));
diesel::joinable!(guardians -> schools (school_id));
diesel::joinable!(guardians -> students (student_id));
diesel::joinable!(enrolments -> schools (school_id));
diesel::joinable!(enrolments -> students (student_id));
diesel::joinable!(student_changes -> schools (school_id));
diesel::joinable!(student_changes -> students (student_id));
diesel::joinable!(official_fee_codes -> authorities (authority_id));
diesel::joinable!(fee_prices -> schools (school_id));
diesel::joinable!(fee_prices -> fee_items (fee_item_id));
diesel::joinable!(fee_choices -> schools (school_id));
diesel::joinable!(fee_choices -> students (student_id));
diesel::joinable!(fee_choices -> fee_items (fee_item_id));
diesel::joinable!(exemptions -> schools (school_id));
diesel::joinable!(exemptions -> students (student_id));
diesel::joinable!(exemptions -> fee_items (fee_item_id));
diesel::joinable!(round_items -> schools (school_id));
diesel::joinable!(round_items -> collection_rounds (round_id));
diesel::joinable!(round_items -> fee_items (fee_item_id));
diesel::joinable!(round_quantities -> schools (school_id));
diesel::joinable!(round_quantities -> collection_rounds (round_id));
diesel::joinable!(round_quantities -> students (student_id));
diesel::joinable!(round_quantities -> fee_items (fee_item_id));
diesel::joinable!(instalments -> schools (school_id));
diesel::joinable!(instalments -> invoices (invoice_id));
diesel::joinable!(credit_notes -> schools (school_id));
diesel::joinable!(credit_notes -> invoices (invoice_id));
diesel::joinable!(credit_note_lines -> schools (school_id));
diesel::joinable!(credit_note_lines -> credit_notes (credit_note_id));
diesel::joinable!(credit_note_lines -> invoice_lines (invoice_line_id));
diesel::joinable!(write_offs -> schools (school_id));
diesel::joinable!(write_offs -> invoices (invoice_id));
diesel::joinable!(write_offs -> credit_notes (credit_note_id));
diesel::joinable!(refunds -> schools (school_id));
diesel::joinable!(refunds -> families (family_id));
diesel::joinable!(refunds -> students (student_id));
diesel::joinable!(refunds -> fee_items (fee_item_id));
diesel::joinable!(refund_parts -> schools (school_id));
diesel::joinable!(refund_parts -> refunds (refund_id));
diesel::joinable!(refund_parts -> payments (payment_id));

// Money that is not a transfer.
diesel::allow_tables_to_appear_in_same_query!(payments, pos_slips);
diesel::joinable!(pos_slips -> payments (payment_id));

// Closed months.
diesel::allow_tables_to_appear_in_same_query!(period_payments, period_closes);
diesel::joinable!(period_payments -> period_closes (close_id));

// The organisation: units with their history, and what schools are called.
diesel::joinable!(school_aliases -> schools (school_id));
diesel::joinable!(school_satellites -> schools (school_id));
diesel::joinable!(decision_groups -> schools (school_id));
diesel::joinable!(decision_group_members -> decision_groups (group_id));
diesel::allow_tables_to_appear_in_same_query!(cash_deposits, cash_deposit_items);
diesel::allow_tables_to_appear_in_same_query!(cash_deposits, payments);
diesel::allow_tables_to_appear_in_same_query!(user_grants, users);
diesel::joinable!(receipt_voids -> receipts (receipt_id));
diesel::joinable!(receipt_requests -> receipts (receipt_id));
diesel::allow_tables_to_appear_in_same_query!(receipt_voids, receipts);
diesel::allow_tables_to_appear_in_same_query!(receipt_requests, receipts);

diesel::table! {
    /// Table `collected_facts`.
    collected_facts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `allocation_id`.
        allocation_id -> BigInt,
        /// Column `payment_id`.
        payment_id -> BigInt,
        /// Column `invoice_line_id`.
        invoice_line_id -> BigInt,
        /// Column `student_id`.
        student_id -> BigInt,
        /// Column `family_id`.
        family_id -> BigInt,
        /// Column `class`.
        class -> Text,
        /// Column `fee_item_code`.
        fee_item_code -> Text,
        /// Column `channel`.
        channel -> Text,
        /// Column `booking_date`.
        booking_date -> Date,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `cause`.
        cause -> Text,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `reported_figures`.
    reported_figures (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `month`.
        month -> Date,
        /// Column `version`.
        version -> Integer,
        /// Column `position`.
        position -> BigInt,
        /// Column `as_of`.
        as_of -> Timestamp,
        /// Column `figures`.
        figures -> Text,
        /// Column `sha256`.
        sha256 -> Text,
        /// Column `reported_by`.
        reported_by -> Text,
        /// Column `note`.
        note -> Nullable<Text>,
        /// Column `reason`.
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `figure_comments`.
    figure_comments (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `month`.
        month -> Date,
        /// Column `side`.
        side -> Text,
        /// Column `written_by`.
        written_by -> Text,
        /// Column `at`.
        at -> Timestamp,
        /// Column `words`.
        words -> Text,
    }
}

diesel::table! {
    /// Table `figure_marks`.
    figure_marks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `part`.
        part -> Text,
        /// Column `changes`.
        changes -> BigInt,
    }
}

diesel::table! {
    /// Table `added_figures`.
    added_figures (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `part`.
        part -> Text,
        /// Column `changes`.
        changes -> BigInt,
        /// Column `totals`.
        totals -> Text,
        /// Column `parts`.
        parts -> Text,
        /// Column `classes`.
        classes -> Text,
    }
}

diesel::table! {
    /// Table `figure_looks`.
    figure_looks (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `authority_id`.
        authority_id -> BigInt,
        /// Column `school_id`.
        school_id -> Nullable<BigInt>,
        /// Column `what`.
        what -> Text,
        /// Column `period`.
        period -> Text,
        /// Column `actor`.
        actor -> Text,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(figure_looks, schools);

diesel::table! {
    /// Table `refused_files`.
    refused_files (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `file_name`.
        file_name -> Text,
        /// Column `problems`.
        problems -> Text,
        /// Column `sent_by`.
        sent_by -> Text,
        /// Column `sent_at`.
        sent_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `backups`.
    backups (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `made_at`.
        made_at -> Timestamp,
        /// Column `file_name`.
        file_name -> Text,
        /// Column `size_bytes`.
        size_bytes -> BigInt,
        /// Column `row_count`.
        row_count -> BigInt,
        /// Column `verified`.
        verified -> Bool,
    }
}

diesel::table! {
    /// Table `refund_limits`.
    refund_limits (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `limit_dong`.
        limit_dong -> BigInt,
        /// Column `set_by`.
        set_by -> Text,
        /// Column `set_at`.
        set_at -> Timestamp,
    }
}

diesel::table! {
    /// Table `refund_requests`.
    refund_requests (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `kind`.
        kind -> Text,
        /// Column `student_id`.
        student_id -> Nullable<BigInt>,
        /// Column `payment_id`.
        payment_id -> Nullable<BigInt>,
        /// Column `decision_id`.
        decision_id -> Nullable<BigInt>,
        /// Column `amount_dong`.
        amount_dong -> BigInt,
        /// Column `body`.
        body -> Text,
        /// Column `reason`.
        reason -> Text,
        /// Column `state`.
        state -> Text,
        /// Column `asked_by`.
        asked_by -> Text,
        /// Column `asked_at`.
        asked_at -> Timestamp,
        /// Column `decided_by`.
        decided_by -> Nullable<Text>,
        /// Column `decided_at`.
        decided_at -> Nullable<Timestamp>,
        /// Column `answer`.
        answer -> Nullable<Text>,
        /// Column `refund_id`.
        refund_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Table `uploads`.
    uploads (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `school_id`.
        school_id -> BigInt,
        /// Column `actor`.
        actor -> Text,
        /// Column `at`.
        at -> Timestamp,
    }
}

diesel::table! {
    /// Table `audit_texts`.
    audit_texts (id) {
        /// Column `id`.
        id -> BigInt,
        /// Column `chain_id`.
        chain_id -> BigInt,
        /// Column `record_id`.
        record_id -> BigInt,
        /// Column `place`.
        place -> Text,
        /// Column `salt`.
        salt -> Nullable<Text>,
        /// Column `words`.
        words -> Nullable<Text>,
    }
}
