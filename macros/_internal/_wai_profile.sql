{#- What a name means: its relation, where its YAML stands and how other YAML refers to it. -#}
{% macro _wai_subject(name, argument) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() | list + graph.sources.values() | list
        if node.resource_type in ['model', 'seed', 'snapshot', 'source'] -%}
        {%- set identifier = node.identifier if node.resource_type == 'source' else node.alias -%}
        {%- set names = [node.name, node.schema ~ '.' ~ identifier] -%}
        {%- if node.resource_type == 'source' -%}
            {%- do names.append(node.source_name ~ '.' ~ node.name) -%}
        {%- endif -%}
        {%- if name in names -%}
            {%- do found.append({
                'kind': node.resource_type ~ 's', 'name': node.name, 'source': node.source_name, 'database': node.database, 'schema': node.schema,
                'identifier': identifier, 'at_home': node.package_name == project_name,
                'ref': "source('" ~ node.source_name ~ "', '" ~ node.name ~ "')" if node.resource_type == 'source' else "ref('" ~ node.name ~ "')",
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not found and '.' in name -%}
        {%- set parts = name.split('.') -%}
        {%- do found.append({
            'kind': 'sources', 'name': parts[-1], 'source': parts[-2], 'database': parts[-3] if parts | length > 2 else target.database,
            'schema': parts[-2], 'identifier': parts[-1], 'at_home': true, 'ref': "source('" ~ parts[-2] ~ "', '" ~ parts[-1] ~ "')",
        }) -%}
    {%- endif -%}
    {%- set subject = (found | sort(attribute='at_home', reverse=true) | list + [none])[0] -%}
    {%- set relation = adapter.get_relation(subject.database, subject.schema, subject.identifier) if subject else none -%}
    {%- if relation is none -%}
        {%- do warehouse_ai._wai_bad_argument(
            'ai_suggest_tests', argument, "names '" ~ name ~ "', which " ~ ('the database does not hold' if subject else 'the project does not know'),
            'Build it first.' if subject else "Pass the name of a model, seed or source, or 'schema.table'."
        ) -%}
    {%- endif -%}
    {%- do subject.update({'relation': relation}) -%}
    {{- return(subject) -}}
{%- endmacro %}


{#- Rows and columns of a relation, each column with its kind, NULLs, distinct values and, of texts, what they look like. -#}
{% macro _wai_profile(relation) -%}
    {%- set columns = [] -%}
    {%- for row in run_query('describe select * from ' ~ relation).rows -%}
        {%- set type = row['column_type'] | upper -%}
        {%- do columns.append({
            'name': row['column_name'], 'sql': adapter.quote(row['column_name']), 'tests': [], 'notes': [],
            'kind': 'text' if type == 'VARCHAR' or type.startswith('ENUM')
                else 'time' if type == 'DATE' or type.startswith('TIMESTAMP')
                else 'number' if modules.re.match('(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL|DOUBLE|FLOAT|REAL)', type) and not type.endswith(']')
                else 'other',
        }) -%}
    {%- endfor -%}
    {%- set row = run_query(warehouse_ai._wai_profile_query(relation, columns)).rows[0] -%}
    {%- for column in columns -%}
        {%- set i = loop.index -%}
        {%- do column.update({'nulls': row['n'] | int - row['filled_' ~ i] | int, 'filled': row['filled_' ~ i] | int, 'distinct': row['distinct_' ~ i] | int}) -%}
        {%- if column.kind == 'text' -%}
            {%- for figure in ['blank', 'number', 'code', 'spaced'] + warehouse_ai._wai_formats() -%}
                {%- do column.update({figure: row[figure ~ '_' ~ i] | int}) -%}
            {%- endfor -%}
            {%- do column.update({'length': (row['length_' ~ i] or 0) | float}) -%}
        {%- endif -%}
        {#- Digits behind a leading zero are a code: a number would lose it. -#}
        {%- do column.update({'is_numeric': column.kind == 'number' or (
            column.kind == 'text' and column.filled > 0 and column.number >= 0.9 * (column.filled - column.blank) and column.number > 0
            and column.code <= 0.001 * column.filled
        )}) -%}
        {%- do column.update({'is_prose': column.kind == 'text' and not column.is_numeric and column.filled > 0
            and column.spaced >= 0.8 * column.filled and column.length >= 20 and column.distinct >= 20}) -%}
    {%- endfor -%}
    {{- return({'rows': row['n'] | int, 'columns': columns}) -}}
{%- endmacro %}


{% macro _wai_profile_query(relation, columns) -%}
select
    count(*) as n
    {%- for column in columns %}
    {%- set text = 'cast(' ~ column.sql ~ ' as varchar)' %},
    count({{ column.sql }}) as filled_{{ loop.index }},
    count(distinct {{ column.sql }}) as distinct_{{ loop.index }}
    {%- if column.kind == 'text' %},
    count(*) filter (trim({{ text }}) = '') as blank_{{ loop.index }},
    count(*) filter (isfinite({{ warehouse_ai._wai_number(column.sql) }})) as number_{{ loop.index }},
    count(*) filter (regexp_full_match({{ text }}, '0[0-9]+')) as code_{{ loop.index }},
    count(*) filter (contains(trim({{ text }}), ' ')) as spaced_{{ loop.index }},
    median(length({{ text }})) as length_{{ loop.index }}
    {%- set i = loop.index %}
    {%- for format in warehouse_ai._wai_formats() %},
    count(*) filter ({{ warehouse_ai._wai_has_format(text, format) }}) as {{ format }}_{{ i }}
    {%- endfor %}
    {%- endif %}
    {%- endfor %}
from {{ relation }}
{%- endmacro %}


{#-
    SQL of one row: how numbers are spread, and fences that no ordinary one breaks.

    A value is out of the ordinary if it lies more than `units` from the middle half and a gap of as many parts it from the ordinary ones; a
    unit is the interquartile range, or half the distance of the deciles where that is more (after Tukey, Exploratory Data Analysis, 1977, with
    the gap added: a long tail has none). Where logarithms are more symmetric, as of prices, they are what is measured, and a gap is 2.5 units.
-#}
{% macro _wai_fences(relation, number, condition='true', units=3) -%}
with numbers as (
    select {{ number }} as x
    from {{ relation }}
    where {{ condition }}
),
shape as (
    select
        count(*) as n,
        min(x) as lowest,
        max(x) as highest,
        count(*) filter (x < 0) as negatives,
        count(*) filter (x = 0) as zeros,
        count(*) filter (x = 1) as ones,
        bool_and(x = floor(x)) as is_whole,
        median(-x) filter (x < 0) as median_negative,
        median(x) filter (x > 0) as median_positive,
        quantile_cont(x, [0.1, 0.25, 0.5, 0.75, 0.9]) as q
    from numbers
    where isfinite(x)
),
logged as (
    select
        *,
        list_transform(q, lambda v: ln(greatest(v, 1e-300))) as ln_q
    from shape
),
scale as (
    select
        *,
        q[1] > 0
        and negatives + zeros <= 0.01 * n
        and abs(ln_q[5] + ln_q[1] - 2 * ln_q[3]) * (q[5] - q[1]) < abs(q[5] + q[1] - 2 * q[3]) * (ln_q[5] - ln_q[1]) as is_log,
        case when is_log then ln_q else q end as s,
        greatest(s[4] - s[2], (s[5] - s[1]) / 2) as unit,
        case when is_log then {{ [units, 2.5] | min }} else {{ units }} end * unit as gap
    from logged
),
scaled as (
    select case when scale.is_log then ln(greatest(numbers.x, 1e-300)) else numbers.x end as z
    from numbers
    cross join scale
    where isfinite(numbers.x) and (numbers.x > 0 or not scale.is_log)
),
steps as (
    select
        z,
        lag(z) over (order by z) as z_before,
        lead(z) over (order by z) as z_after
    from (select distinct z from scaled)
),
gaps as (
    select
        min(steps.z) filter (steps.z > scale.s[4] + {{ units }} * scale.unit and steps.z - steps.z_before > scale.gap) as first_above,
        max(steps.z) filter (steps.z < scale.s[2] - {{ units }} * scale.unit and steps.z_after - steps.z > scale.gap) as first_below
    from steps
    cross join scale
),
ordinary as (
    select
        max(scaled.z) filter (gaps.first_above is null or scaled.z < gaps.first_above) as z_high,
        min(scaled.z) filter (gaps.first_below is null or scaled.z > gaps.first_below) as z_low,
        count(*) filter (scaled.z >= gaps.first_above) as n_above,
        count(*) filter (scaled.z <= gaps.first_below) as n_below
    from scaled
    cross join gaps
),
bounds as (
    select
        scale.*,
        ordinary.n_above,
        ordinary.n_below,
        case when scale.is_log then exp(ordinary.z_high) else ordinary.z_high end as high,
        case when scale.is_log then exp(ordinary.z_low) else ordinary.z_low end as low,
        least(
            greatest(ordinary.z_high + scale.unit, scale.s[4] + {{ units }} * scale.unit),
            (ordinary.z_high + gaps.first_above) / 2
        ) as z_at_most,
        greatest(
            least(ordinary.z_low - scale.unit, scale.s[2] - {{ units }} * scale.unit),
            (ordinary.z_low + gaps.first_below) / 2
        ) as z_at_least,
        case when scale.is_log then exp(z_at_most) else z_at_most end as raw_at_most,
        case when scale.is_log then exp(z_at_least) else z_at_least end as raw_at_least
    from scale
    cross join gaps
    cross join ordinary
)
select
    * exclude (q, ln_q, s),
    -- Rounded by less than half of the way to the ordinary values.
    round(raw_at_most / step_up) * step_up as at_most,
    round(raw_at_least / step_down) * step_down as at_least
from (
    select
        *,
        pow(10, floor(log10(greatest(raw_at_most - high, 1e-12)))) as step_up,
        pow(10, floor(log10(greatest(low - raw_at_least, 1e-12)))) as step_down
    from bounds
)
where n > 0 and unit > 0
{%- endmacro %}
