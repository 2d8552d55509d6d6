{#- Fill the lists `tests` and `notes` of a profile's table and columns. -#}
{% macro _wai_suggest(subject, table, references, sample) -%}
    {%- do table.update({'tests': [], 'notes': []}) -%}
    {%- for column in table.columns if column.filled -%}
        {%- do column.update({'is_key': column.distinct >= 0.95 * column.filled and (loop.first or modules.re.search('(^|_)id$', column.name | lower) is not none)}) -%}
        {%- do warehouse_ai._wai_suggest_keys(subject.relation, table, column) -%}
        {%- if column.is_numeric -%}
            {%- do warehouse_ai._wai_suggest_numbers(subject.relation, table, column) -%}
        {%- elif column.kind == 'time' -%}
            {%- do warehouse_ai._wai_suggest_times(subject.relation, table, column) -%}
        {%- elif column.kind == 'text' -%}
            {%- do warehouse_ai._wai_suggest_texts(subject.relation, table, column, sample) -%}
        {%- endif -%}
        {%- if not column.is_key and (column.name in references or modules.re.search('._id$', column.name | lower)) -%}
            {%- do warehouse_ai._wai_suggest_reference(subject, table, column, references.get(column.name)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do warehouse_ai._wai_suggest_order(subject.relation, table) -%}
    {%- do warehouse_ai._wai_suggest_whole_rows(subject.relation, table) -%}
{%- endmacro %}


{#- Name of a column as it stands in YAML and in arguments. -#}
{% macro _wai_plain(column) -%}
    {{- return(column.name if modules.re.match('^[A-Za-z_][A-Za-z0-9_]*$', column.name) else column.sql) -}}
{%- endmacro %}


{% macro _wai_of(count, rows) -%}
    {{- return('{:,} of {:,}'.format(count | int, rows | int)) -}}
{%- endmacro %}


{% macro _wai_figure(number) -%}
    {{- return('%.10g' | format(number | float)) -}}
{%- endmacro %}


{#- Note a test. What fails today only warns, so that a build goes on until the rows are dealt with; `is_guess` never does more than warn. -#}
{% macro _wai_add_test(owner, test, arguments, fails, evidence, is_guess=false) -%}
    {%- do owner.tests.append({
        'test': test, 'arguments': arguments, 'evidence': evidence, 'severity': 'warn' if fails or is_guess else 'error',
    }) -%}
{%- endmacro %}


{#- Note a test of this package if at most that share of the rows fails it now, and return the failing rows. -#}
{% macro _wai_try_test(relation, table, owner, test, arguments, evidence, share=0.05, is_guess=false) -%}
    {%- set tests = {
        'ai_in_range': warehouse_ai.test_ai_in_range,
        'ai_is_number': warehouse_ai.test_ai_is_number,
        'ai_matches_format': warehouse_ai.test_ai_matches_format,
        'ai_not_in_future': warehouse_ai.test_ai_not_in_future,
        'ai_not_before': warehouse_ai.test_ai_not_before,
        'ai_arrives_within': warehouse_ai.test_ai_arrives_within,
        'ai_says_something': warehouse_ai.test_ai_says_something,
        'ai_not_blank': warehouse_ai.test_ai_not_blank,
        'ai_no_repeated_row': warehouse_ai.test_ai_no_repeated_row,
    } -%}
    {%- set sql = tests[test](relation, owner.sql, **arguments) if owner.sql else tests[test](relation, **arguments) -%}
    {%- set fails = run_query('select count(*) as n from (' ~ sql ~ ') as failing').rows[0]['n'] | int -%}
    {%- if fails <= share * table.rows -%}
        {%- do warehouse_ai._wai_add_test(
            owner, test, arguments, fails, (warehouse_ai._wai_of(fails, table.rows) ~ ' rows fail; ' if fails else 'no row fails; ') ~ evidence, is_guess
        ) -%}
    {%- endif -%}
    {{- return(fails) -}}
{%- endmacro %}


{% macro _wai_suggest_keys(relation, table, column) -%}
    {%- if column.nulls < 0.05 * table.rows -%}
        {%- do warehouse_ai._wai_add_test(column, 'not_null', {}, column.nulls, warehouse_ai._wai_of(column.nulls, table.rows) ~ ' rows are NULL') -%}
    {%- endif -%}
    {%- if column.is_key -%}
        {%- set again = column.filled - column.distinct -%}
        {%- do warehouse_ai._wai_add_test(
            column, 'unique', {}, again, '{:,} distinct values in {:,} rows'.format(column.distinct, column.filled)
            ~ (', so {:,} repeat another'.format(again) if again else '')
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- Bounds that a name promises: pattern of the name, least, most. -#}
{% macro _wai_known_bounds(name) -%}
    {%- for pattern, least, most in [
        ('age', 0, 120), ('credit_score', 300, 850), ('percent|percentage|pct', 0, 100), ('probability', 0, 1), ('lat|latitude', -90, 90),
        ('lon|lng|longitude', -180, 180), ('year', 1900, 2100), ('month', 1, 12), ('weekday', 0, 7), ('hour', 0, 23), ('minute|second', 0, 59),
    ] -%}
        {%- if modules.re.search('(^|_)(' ~ pattern ~ ')$', name | lower) -%}
            {{- return({'at_least': least, 'at_most': most}) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- return({}) -}}
{%- endmacro %}


{% macro _wai_suggest_numbers(relation, table, column) -%}
    {%- if column.kind == 'text' -%}
        {%- do warehouse_ai._wai_try_test(
            relation, table, column, 'ai_is_number', {}, warehouse_ai._wai_of(column.number, column.filled) ~ ' texts are numbers', 0.1
        ) -%}
    {%- endif -%}
    {%- set number = warehouse_ai._wai_number(column.sql) -%}
    {%- set known = warehouse_ai._wai_known_bounds(column.name) -%}
    {%- set name = column.name | lower -%}
    {%- if known -%}
        {%- set fails = warehouse_ai._wai_try_test(
            relation, table, column, 'ai_in_range', known, 'known bounds of a column of this name', 0.02
        ) -%}
        {%- if fails <= 0.02 * table.rows -%}
            {{- return(none) -}}
        {%- endif -%}
    {%- endif -%}
    {%- if column.is_key or modules.re.search('(^|_)(id|key|no|number|code|zip|postcode|phone)$', name) or column.distinct < 3 -%}
        {{- return(none) -}}
    {%- endif -%}
    {%- set found = run_query(warehouse_ai._wai_fences(relation, number)).rows -%}
    {%- if not found | length -%}
        {{- return(none) -}}
    {%- endif -%}
    {%- set row = found[0] -%}
    {%- set n = row['n'] | int -%}
    {%- set arguments, evidence = {}, [] -%}
    {%- set negatives, zeros = row['negatives'] | int, row['zeros'] | int -%}
    {#- Negative numbers that are errors are as large as the others; frost in a mild country is not. -#}
    {%- if negatives <= 0.02 * n and (negatives == 0 or row['median_negative'] | float >= 0.2 * (row['median_positive'] or 0) | float)
        and not modules.re.search('(balance|delta|change|diff|difference|growth|profit|margin|temperature)$', name) -%}
        {#- A zero is an error where it is rare although 1 is not; few rows show no zero by chance. -#}
        {%- set is_positive = zeros <= 0.005 * n and n >= 200 and (not row['is_whole'] or zeros <= 0.05 * (row['ones'] | int)) -%}
        {%- do arguments.update({'above': 0} if is_positive else {'at_least': 0}) -%}
        {%- do evidence.append('{:,} negative, {:,} zero'.format(negatives, zeros)) -%}
    {%- endif -%}
    {%- if 0 < row['n_below'] | int <= 0.01 * n and (not arguments or row['at_least'] | float > 0) -%}
        {%- do arguments.pop('above', none) -%}
        {%- do arguments.update({'at_least': warehouse_ai._wai_figure(row['at_least']) | float}) -%}
        {%- do evidence.append('{:,} far below the lowest ordinary value, '.format(row['n_below'] | int) ~ warehouse_ai._wai_figure(row['low'])) -%}
    {%- endif -%}
    {%- if row['n_above'] | int <= 0.01 * n -%}
        {%- do arguments.update({'at_most': warehouse_ai._wai_figure(row['at_most']) | float}) -%}
        {%- do evidence.append('{:,} far above the highest ordinary value, '.format(row['n_above'] | int) ~ warehouse_ai._wai_figure(row['high'])) -%}
    {%- endif -%}
    {%- if arguments -%}
        {%- do warehouse_ai._wai_try_test(
            relation, table, column, 'ai_in_range', arguments, evidence | join('; '), 0.03, 'at_most' in arguments or (arguments.get('at_least') or 0) != 0
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_suggest_times(relation, table, column) -%}
    {#- Times are dense up to the newest: a smaller gap than that of other numbers tells. -#}
    {%- set found = run_query(
        'select fences.*, epoch(now()) as present, cast(make_timestamp(cast(round(high) as bigint) * 1000000) as varchar) as newest from ('
        ~ warehouse_ai._wai_fences(relation, 'epoch(' ~ column.sql ~ ')', units=1) ~ ') as fences'
    ).rows -%}
    {%- if not found | length -%}
        {{- return(none) -}}
    {%- endif -%}
    {%- set row = found[0] -%}
    {%- do column.update({'low': row['low'] | float, 'high': row['high'] | float}) -%}
    {%- if not modules.re.search('(due|until|expir|valid_to|ends?_|_end|planned|scheduled|deadline|birthday|next)', column.name | lower) -%}
        {%- set ahead = [1, ((row['high'] | float - row['present'] | float) / 86400) | round(0, 'ceil') | int] | max -%}
        {%- do warehouse_ai._wai_try_test(
            relation, table, column, 'ai_not_in_future', {'days_ahead': ahead} if ahead > 1 else {},
            'the newest ordinary time is ' ~ row['newest'], 0.01
        ) -%}
    {%- endif -%}
    {%- do column.update({'newest': row['newest']}) -%}
{%- endmacro %}


{% macro _wai_suggest_texts(relation, table, column, sample) -%}
    {%- set told = column.filled - column.blank -%}
    {%- for format in warehouse_ai._wai_formats()
        if not column.notes and told > 0 and column[format] >= 0.95 * told
        and (format != 'country_code' or modules.re.search('country|nation|iso', column.name | lower)) -%}
        {%- do column.notes.append('format: ' ~ format) -%}
        {%- do warehouse_ai._wai_try_test(
            relation, table, column, 'ai_matches_format', {'format': format}, warehouse_ai._wai_of(column[format], column.filled) ~ ' texts are written so'
        ) -%}
    {%- endfor -%}
    {%- set is_choice = warehouse_ai._wai_suggest_values(relation, table, column) if column.distinct <= 200 and not column.is_key else false -%}
    {%- if column.is_prose -%}
        {#- One or two words that many rows say. Three may be a short answer. -#}
        {%- set fillers = [] -%}
        {%- for row in run_query(
            'select trim(cast(' ~ column.sql ~ ' as varchar)) as filler from ' ~ relation
            ~ ' group by 1 having length(filler) between 1 and 20 and len(string_split(filler, chr(32))) <= 2'
            ~ ' and count(*) >= greatest(5, 0.01 * ' ~ column.filled ~ ', 20.0 * ' ~ column.filled ~ ' / ' ~ column.distinct ~ ') order by 1 limit 20'
        ).rows -%}
            {%- do fillers.append(row['filler']) -%}
        {%- endfor -%}
        {%- do warehouse_ai._wai_try_test(
            relation, table, column, 'ai_says_something', {'fillers': fillers} if fillers else {},
            'free text of {:,} characters in the median'.format(column.length | int) ~ (', with place holders' if fillers else ''), 0.05, true
        ) -%}
        {%- if sample -%}
            {%- do warehouse_ai._wai_suggest_language(relation, column, sample) -%}
        {%- endif -%}
    {%- elif column.blank and not is_choice and not column.notes -%}
        {%- do warehouse_ai._wai_try_test(relation, table, column, 'ai_not_blank', {}, 'the others say something') -%}
    {%- endif -%}
    {%- if sample and not is_choice -%}
        {%- do warehouse_ai._wai_note_personal(relation, column, sample) -%}
    {%- endif -%}
{%- endmacro %}


{#-
    Frequent values, if there are few and a gap parts them from the rest. Left out is what fewer than 3 rows in 1,000 say, and what fewer than
    1 in 100 say and a tenfold more frequent value explains as a slip: letter case, white space, or one or two letters.
-#}
{% macro _wai_suggest_values(relation, table, column) -%}
    {%- set text = 'cast(' ~ column.sql ~ ' as varchar)' -%}
    {%- set query -%}
with counts as (
    select {{ text }} as value, count(*) as n
    from {{ relation }}
    where {{ column.sql }} is not null
    group by 1
),
judged as (
    select
        rare.value,
        rare.n,
        rare.n < 0.003 * {{ column.filled }} or (rare.n < 0.01 * {{ column.filled }} and exists (
            select 1
            from counts as frequent
            where
                frequent.n >= 10 * rare.n
                and (
                    lower(trim(frequent.value)) = lower(trim(rare.value))
                    or length(rare.value) >= 3
                    and damerau_levenshtein(lower(frequent.value), lower(rare.value)) <= case when length(rare.value) < 6 then 1 else 2 end
                )
        )) as is_left_out
    from counts as rare
)
select *
from judged
order by n desc, value
    {%- endset -%}
    {%- set values, left, least, most = [], [], [0], [0] -%}
    {%- for row in run_query(query).rows -%}
        {%- if row['is_left_out'] -%}
            {%- do left.append(row['value']) -%}
            {%- do most.append(row['n'] | int) -%}
        {%- else -%}
            {%- do values.append(row['value']) -%}
            {%- do least.append(row['n'] | int) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set missed = most | sum -%}
    {%- if not values or values | length > 30 or least[-1] < 5 or least[-1] < 10 * (most | max) or missed > 0.02 * column.filled
        or column.filled < 10 * (values | length) -%}
        {{- return(false) -}}
    {%- endif -%}
    {%- do warehouse_ai._wai_add_test(
        column, 'accepted_values', {'values': values | sort}, missed,
        '{:,} values cover {} rows'.format(values | length, warehouse_ai._wai_of(column.filled - missed, column.filled))
        ~ (', left out: ' ~ tojson(left[:5]) ~ (' and {} more'.format(left | length - 5) if left | length > 5 else '') if left else '')
    ) -%}
    {{- return(true) -}}
{%- endmacro %}


{% macro _wai_suggest_language(relation, column, sample) -%}
    {%- set query -%}
with sampled as (
    {{ warehouse_ai._wai_sample(relation, column.sql, sample, 20) }}
),
spoken as (
    select {{ warehouse_ai.ai_detect_language('text') }} as language
    from sampled
)
select language, count(*) as n, sum(count(*)) over () as texts
from spoken
group by language
order by n desc, language
    {%- endset -%}
    {%- set found = run_query(query).rows -%}
    {%- if found | length and found[0]['language'] and found[0]['n'] | float >= 0.7 * (found[0]['texts'] | float) -%}
        {%- set row = found[0] -%}
        {%- do warehouse_ai._wai_add_test(
            column, 'ai_mostly_in_language',
            {'language': row['language'], 'at_least': ([row['n'] | float / row['texts'] | float - 0.1, 0.9] | min) | round(2, 'floor')}, 0,
            warehouse_ai._wai_of(row['n'], row['texts']) ~ ' sampled texts are in this language', true
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- Personal data that a format or a check digit gives away; no model runs. -#}
{% macro _wai_note_personal(relation, column, sample) -%}
    {%- set query -%}
with sampled as (
    {{ warehouse_ai._wai_sample(relation, column.sql, sample) }}
),
found as (
    select {{ warehouse_ai.ai_detect_pii('text', categories=['email', 'phone', 'url', 'ip_address', 'credit_card', 'iban', 'national_id']) }} as spans
    from sampled
),
categories as (
    select unnest(list_distinct(list_transform(spans, lambda span: span.category))) as category
    from found
)
select category, count(*) as n, (select count(*) from found) as texts
from categories
group by category
order by n desc, category
    {%- endset -%}
    {%- for row in run_query(query).rows -%}
        {%- do column.notes.append('personal data: ' ~ row['category'] ~ ' in ' ~ warehouse_ai._wai_of(row['n'], row['texts']) ~ ' sampled texts') -%}
    {%- endfor -%}
{%- endmacro %}


{#-
    The relation whose key a column holds: the one that the user names, else one of the project with a column of this name that is unique
    there, or that is called after it (`customer_id`, `raw_customers`).
-#}
{% macro _wai_suggest_reference(subject, table, column, named) -%}
    {%- set candidates = [] -%}
    {%- if named -%}
        {%- set parts = named.rsplit('.', 1) if named is string else [''] -%}
        {%- set known = graph.nodes.values() | list + graph.sources.values() | list -%}
        {%- set is_whole = named in known | map(attribute='name') or parts | length == 1 -%}
        {%- set parent = warehouse_ai._wai_subject(named if is_whole else parts[0], 'references') -%}
        {%- do candidates.append({'subject': parent, 'field': column.name if is_whole else parts[1]}) -%}
    {%- else -%}
        {%- set places = [] -%}
        {%- for row in run_query(
            'select lower(table_schema) || chr(46) || lower(table_name) as place from information_schema.tables inner join information_schema.columns'
            ~ " using (table_catalog, table_schema, table_name) where table_type = 'BASE TABLE' and lower(column_name) = "
            ~ warehouse_ai._wai_literal(column.name | lower)
        ).rows -%}
            {%- do places.append(row['place']) -%}
        {%- endfor -%}
        {%- for node in graph.nodes.values() | list + graph.sources.values() | list
            if node.resource_type in ['model', 'seed', 'snapshot', 'source'] -%}
            {%- set place = node.schema ~ '.' ~ (node.identifier if node.resource_type == 'source' else node.alias) -%}
            {%- if place | lower in places and place != subject.schema ~ '.' ~ subject.identifier -%}
                {%- do candidates.append({'subject': warehouse_ai._wai_subject(place, 'references'), 'field': column.name}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set stem = modules.re.sub('_?id$', '', column.name | lower) -%}
    {%- set best = {} -%}
    {%- for candidate in candidates -%}
        {%- set field = adapter.quote(candidate.field) -%}
        {%- set row = run_query(
            'select count(' ~ field ~ ') as n, count(distinct ' ~ field ~ ') as keys, (select count(*) from ' ~ subject.relation ~ ' where ' ~ column.sql
            ~ ' in (select ' ~ field ~ ' from ' ~ candidate.subject.relation ~ ')) as known from ' ~ candidate.subject.relation
        ).rows[0] -%}
        {%- set is_key = row['n'] | int > 0 and row['keys'] | int == row['n'] | int -%}
        {%- if row['known'] | int >= 0.95 * column.filled and (named or is_key or (stem and stem in candidate.subject.name | lower)) -%}
            {%- set rank = [is_key | int, row['known'] | int] -%}
            {%- if not best or rank > best.rank -%}
                {%- do best.update({'rank': rank, 'candidate': candidate, 'known': row['known'] | int, 'is_key': is_key}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if best -%}
        {%- do warehouse_ai._wai_add_test(
            column, 'relationships', {'to': best.candidate.subject.ref, 'field': best.candidate.field}, column.filled - best.known,
            warehouse_ai._wai_of(best.known, column.filled) ~ ' values are known there' ~ ('' if best.is_key else ', where they are not unique')
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- Which of two times comes first, how long rows take to land, and how often they do. -#}
{% macro _wai_suggest_order(relation, table) -%}
    {%- set times = table.columns | selectattr('newest', 'defined') | list -%}
    {%- for first in times -%}
        {%- for second in times if first.name != second.name -%}
            {%- set row = run_query(
                'select count(*) as n, count(*) filter (' ~ second.sql ~ ' < ' ~ first.sql ~ ') as before, count(*) filter (' ~ second.sql ~ ' > '
                ~ first.sql ~ ') as after from ' ~ relation ~ ' where ' ~ first.sql ~ ' is not null and ' ~ second.sql ~ ' is not null'
            ).rows[0] -%}
            {%- set n = row['n'] | int -%}
            {%- if n and row['before'] | int <= 0.01 * n and row['after'] | int >= 0.1 * n -%}
                {%- do warehouse_ai._wai_try_test(
                    relation, table, second, 'ai_not_before', {'other': warehouse_ai._wai_plain(first)},
                    '{} rows are later than {}'.format(warehouse_ai._wai_of(row['after'], n), first.name)
                ) -%}
                {%- do warehouse_ai._wai_suggest_delay(relation, table, first, second) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set landing, changed = [], [] -%}
    {%- for column in times -%}
        {%- if warehouse_ai._wai_is_landing(column) -%}
            {%- do landing.append(column) -%}
        {%- elif modules.re.search('updat|chang|modif|creat', column.name | lower) -%}
            {%- do changed.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if times -%}
        {%- do warehouse_ai._wai_note_freshness(relation, table, (landing + changed + times)[0]) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_is_landing(column) -%}
    {{- return(modules.re.search('land|load|ingest|arriv|receiv|sync|import|process|insert|record', column.name | lower) is not none) -}}
{%- endmacro %}


{% macro _wai_suggest_delay(relation, table, first, second) -%}
    {%- set found = run_query(warehouse_ai._wai_fences(
        relation, 'epoch(' ~ second.sql ~ ') - epoch(' ~ first.sql ~ ')', second.sql ~ ' >= ' ~ first.sql
    )).rows -%}
    {%- if found | length and found[0]['n_above'] | int <= 0.01 * (found[0]['n'] | int)
        and (warehouse_ai._wai_is_landing(second) or found[0]['at_most'] | float <= 86400)
        and found[0]['at_most'] | float <= 0.2 * (first.high - first.low) -%}
        {%- set hours = found[0]['at_most'] | float / 3600 -%}
        {%- do warehouse_ai._wai_try_test(
            relation, table, second, 'ai_arrives_within',
            {'since': warehouse_ai._wai_plain(first), 'hours': hours | round(0, 'ceil') | int if hours > 5 else hours | round(3, 'ceil')},
            'the slowest ordinary row took {} hours'.format(warehouse_ai._wai_figure((found[0]['high'] | float / 3600) | round(3))), 0.02, true
        ) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _wai_note_freshness(relation, table, column) -%}
    {%- set query -%}
with days as (
    select distinct cast({{ column.sql }} as date) as day
    from {{ relation }}
    where epoch({{ column.sql }}) <= {{ column.high }}
),
pauses as (
    select day - lag(day) over (order by day) as pause
    from days
)
select count(*) as n, max(pause) as longest, quantile_disc(pause, 0.99) as usual
from pauses
where pause is not null
    {%- endset -%}
    {%- set row = run_query(query).rows[0] -%}
    {%- if row['n'] | int >= 10 -%}
        {%- do table.notes.append(
            'freshness: newest ' ~ column.newest ~ ', 99 of 100 pauses between days with rows last at most ' ~ row['usual'] ~ ' days, the longest '
            ~ row['longest']
        ) -%}
        {%- do table.notes.append(
            'for a source: {loaded_at_field: ' ~ warehouse_ai._wai_plain(column) ~ ', freshness: {warn_after: {count: ' ~ (2 * (row['usual'] | int))
            ~ ', period: day}}}'
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- Rows that repeat another in all but a key that is unique; where the key repeats, `unique` finds them. -#}
{% macro _wai_suggest_whole_rows(relation, table) -%}
    {%- set keys = [] -%}
    {%- for column in table.columns if column.is_key and column.distinct == column.filled -%}
        {%- do keys.append(warehouse_ai._wai_plain(column)) -%}
    {%- endfor -%}
    {%- set repeats = table.columns | selectattr('is_key', 'defined') | selectattr('is_key') | list | length > keys | length -%}
    {%- if not repeats and table.rows >= 100 and table.columns | length - keys | length >= 3 -%}
        {%- do warehouse_ai._wai_try_test(
            relation, table, table, 'ai_no_repeated_row', {'besides': keys} if keys else {}, 'the others differ in some column', 0.01
        ) -%}
    {%- endif -%}
{%- endmacro %}


{#- YAML of what was suggested, ready to paste. -#}
{% macro _wai_suggestions_yaml(subject, table) -%}
    {%- set lines = ['version: 2', '', subject.kind ~ ':'] -%}
    {%- set pad = '  ' -%}
    {%- if subject.kind == 'sources' -%}
        {%- do lines.extend(['  - name: ' ~ subject.source, '    schema: ' ~ subject.schema, '    tables:']) -%}
        {%- set pad = '      ' -%}
    {%- endif -%}
    {%- do lines.append(pad ~ '- name: ' ~ subject.name) -%}
    {%- do lines.append(pad ~ '  # {:,} rows profiled'.format(table.rows)) -%}
    {%- for note in table.notes -%}
        {%- do lines.append(pad ~ '  # ' ~ note) -%}
    {%- endfor -%}
    {%- if table.tests -%}
        {%- do lines.extend([pad ~ '  data_tests:'] + warehouse_ai._wai_tests_yaml(table.tests, pad ~ '    ')) -%}
    {%- endif -%}
    {%- set told = [] -%}
    {%- for column in table.columns if column.tests or column.notes -%}
        {%- if not told -%}
            {%- do lines.append(pad ~ '  columns:') -%}
            {%- do told.append(true) -%}
        {%- endif -%}
        {%- set is_plain = warehouse_ai._wai_plain(column) == column.name -%}
        {%- do lines.append(pad ~ '    - name: ' ~ (column.name if is_plain else tojson(column.name))) -%}
        {%- if not is_plain -%}
            {%- do lines.append(pad ~ '      quote: true') -%}
        {%- endif -%}
        {%- for note in column.notes -%}
            {%- do lines.append(pad ~ '      # ' ~ note) -%}
        {%- endfor -%}
        {%- if column.tests -%}
            {%- do lines.extend([pad ~ '      data_tests:'] + warehouse_ai._wai_tests_yaml(column.tests, pad ~ '        ')) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(lines | join('\n')) -}}
{%- endmacro %}


{% macro _wai_tests_yaml(tests, pad) -%}
    {%- set lines = [] -%}
    {%- for test in tests -%}
        {%- set prefix = 'warehouse_ai.' if test.test.startswith('ai_') and project_name != 'warehouse_ai' else '' -%}
        {%- do lines.append(pad ~ '# ' ~ test.severity ~ ': ' ~ test.evidence | replace('\n', ' ')) -%}
        {%- do lines.append(pad ~ '- ' ~ prefix ~ test.test ~ ':') -%}
        {%- if test.arguments -%}
            {%- do lines.append(pad ~ '    arguments:') -%}
            {%- for name, value in test.arguments.items() -%}
                {%- set text = tojson(value) if value is not number else value | int if value == value | int else value -%}
                {%- do lines.append(pad ~ '      ' ~ name ~ ': ' ~ text) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do lines.append(pad ~ '    config: {severity: ' ~ test.severity ~ '}') -%}
    {%- endfor -%}
    {{- return(lines) -}}
{%- endmacro %}
