{#-
    Quality of an image, 0 to 1: that of its worst side. An image that could not be read has none.

    Sharpness (variance of the Laplacian) counts on a logarithmic scale from 0.00005, blurred beyond use, to 0.0005; above 0.05 it is grain, and
    counts less until 0.2. Brightness (mean luma) counts fully from 0.35 to 0.95, and not at all below 0.1 or at 1. The shorter side counts
    fully from 250 pixels on.
-#}
{% macro image_quality(sharpness, brightness, width, height) -%}
case when {{ sharpness }} is not null then greatest(0, least(
    1,
    log10(greatest({{ sharpness }}, 1e-9) / 0.00005),
    (0.2 - {{ sharpness }}) / 0.15,
    ({{ brightness }} - 0.1) / 0.25,
    (1 - {{ brightness }}) / 0.05,
    least({{ width }}, {{ height }}) / 250
)) end
{%- endmacro %}
